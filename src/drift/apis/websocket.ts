import { defined } from '../../base/defined.ts'
import { isObject, type JsonValue } from '../../providers/json/json.ts'
import { type Answer, type AnswerReader, field, listOf, string } from '../answer.ts'
import { ChoiceBuilder } from '../choice-builder.ts'
import { errorOf } from '../errors.ts'
import { readParts } from './gemini.ts'
import { answerOf } from './openai/responses.ts'
import { ResponsesStream } from './openai/responses-items.ts'

/**
 * A WebSocket: what the server said. Realtime sessions of OpenAI, compatible APIs and Gemini have a choice for each
 * answer; anything else is a list of messages.
 */
export const websocket: AnswerReader = {
  apis: ['websocket'],
  read(received) {
    if (received.form !== 'messages') return undefined
    const { messages } = received
    const isGemini = messages.some((message) => field(message, 'serverContent', 'toolCall') !== undefined)
    if (isGemini) return { choices: liveTurns(messages) }
    return realtime(messages) ?? { choices: [], body: messages }
  },
}

function realtime(messages: readonly JsonValue[]): Answer | undefined {
  const choices: ChoiceBuilder[] = []
  let open: ResponsesStream | undefined
  let error: Answer['error']
  for (const message of messages) {
    if (!isObject(message)) continue
    const type = string(message['type'])
    if (type === 'error') error = errorOf((field(message, 'error') ?? message) as JsonValue)
    if (type === 'response.created') open = new ResponsesStream()
    open?.take(type, message)
    if (type !== 'response.done' || !isObject(message['response'])) continue
    const output = listOf(message['response']['output'])
    const answer = answerOf(message['response'], output.length > 0 ? output : (open?.items() ?? []))
    choices.push(...answer.choices)
    open = undefined
  }
  if (open !== undefined) {
    for (const choice of answerOf({}, open.items()).choices) {
      choice.truncated = true
      choices.push(choice)
    }
  }
  if (choices.length === 0 && error === undefined) return undefined
  return { choices, ...defined({ error }) }
}

/** A turn ends with `turnComplete`, or where the server waits for the results of its tool calls. */
function liveTurns(messages: readonly JsonValue[]): ChoiceBuilder[] {
  const turns: ChoiceBuilder[] = []
  let turn: ChoiceBuilder | undefined
  const current = (): ChoiceBuilder => {
    turn ??= new ChoiceBuilder()
    return turn
  }
  let audio: Buffer[] = []
  const end = (): void => {
    if (turn === undefined) return
    if (audio.length > 0) turn.addMedia('audio', Buffer.concat(audio))
    audio = []
    turns.push(turn)
    turn = undefined
  }
  for (const message of messages) {
    const content = field(message, 'serverContent')
    const parts = listOf(field(field(content, 'modelTurn'), 'parts'))
    // Speech comes in pieces of any length: it is one medium.
    audio.push(...parts.map(pcm).filter((piece) => piece !== undefined))
    const rest = parts.filter((part) => pcm(part) === undefined)
    if (rest.length > 0) readParts(current(), rest)
    if (audio.length > 0) current()
    const said = string(field(field(content, 'outputTranscription'), 'text'))
    if (said !== '') current().text += said
    const calls = listOf(field(field(message, 'toolCall'), 'functionCalls'))
    for (const call of calls) current().addCall(string(field(call, 'name')), field(call, 'args'))
    if (calls.length > 0) current().finish = 'tool_calls'
    if (isObject(content) && content['turnComplete'] === true && turn !== undefined) turn.finish ??= 'stop'
    if (calls.length > 0 || isTurnEnd(content)) end()
  }
  if (turn !== undefined) turn.truncated = true
  end()
  return turns
}

const isTurnEnd = (content: unknown): boolean => isObject(content) && content['turnComplete'] === true

function pcm(part: JsonValue): Buffer | undefined {
  const inline = field(part, 'inlineData')
  return string(field(inline, 'mimeType')).startsWith('audio/')
    ? Buffer.from(string(field(inline, 'data')), 'base64')
    : undefined
}
