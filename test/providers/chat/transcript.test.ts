import type { MatchRequest } from '../../../src/matching.ts'
import { anthropic, type Case, checkAll, converse, gemini, history, USER } from '../support.ts'

const turn = (...content: readonly unknown[]) => ({ role: 'user', content })

const anthropicTurn = (...content: readonly unknown[]): MatchRequest =>
  anthropic(
    history(
      { role: 'assistant', content: [{ type: 'tool_use', id: 't1', name: 'f', input: {} }] },
      turn(...content),
    ),
  )
const result = { type: 'tool_result', tool_use_id: 't1', content: 'r' }
const text = (value: string) => ({ type: 'text', text: value })

const converseTurn = (...content: readonly unknown[]): MatchRequest =>
  converse({
    messages: [
      { role: 'user', content: [{ text: 'hi' }] },
      { role: 'assistant', content: [{ toolUse: { toolUseId: 't1', name: 'f', input: {} } }] },
      turn(...content),
    ],
  })
const toolResult = { toolResult: { toolUseId: 't1', content: [{ text: 'r' }] } }

const geminiTurn = (...parts: readonly unknown[]): MatchRequest =>
  gemini({
    contents: [
      { role: 'user', parts: [{ text: 'hi' }] },
      { role: 'model', parts: [{ functionCall: { name: 'f', args: {} } }] },
      { role: 'user', parts },
    ],
  })
const response = { functionResponse: { name: 'f', response: { a: 1 } } }

describe('empty parts beside a tool result', () => {
  checkAll([
    ['an empty text after it', 'same', anthropicTurn(result, text('')), anthropicTurn(result)],
    ['an empty text before it', 'same', anthropicTurn(text(''), result), anthropicTurn(result)],
    [
      'an empty refusal beside it',
      'same',
      anthropicTurn({ type: 'refusal', refusal: '' }, result),
      anthropicTurn(result),
    ],
    [
      'empty reasoning beside it',
      'same',
      anthropicTurn({ type: 'thinking', thinking: '' }, result, { type: 'reasoning_text', text: '' }),
      anthropicTurn(result),
    ],
    ['Converse', 'same', converseTurn(toolResult, { text: '' }), converseTurn(toolResult)],
    ['Converse, before it', 'same', converseTurn({ text: '' }, toolResult), converseTurn(toolResult)],
    ['Gemini', 'same', geminiTurn(response, { text: '' }), geminiTurn(response)],
    ['a text that says something', 'different', anthropicTurn(result, text('x')), anthropicTurn(result)],
    ['white space is text', 'different', anthropicTurn(result, text(' ')), anthropicTurn(result)],
    [
      "an empty text does not keep the turn's own fields from the result",
      'same',
      anthropic(history({ ...turn(result, text('')), extra: 1 })),
      anthropic(history({ ...turn(result), extra: 1 })),
    ],
    [
      'a turn that is empty without a result stays',
      'different',
      anthropic(history(turn(text('')))),
      anthropic({ messages: [USER] }),
    ],
  ] satisfies Case[])
})
