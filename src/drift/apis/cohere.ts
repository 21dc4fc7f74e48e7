import { defined } from '../../base/defined.ts'
import { isObject, type JsonObject, textOf } from '../../providers/json/json.ts'
import { type Answer, type AnswerReader, field, listOf, string, usageOf } from '../answer.ts'
import { ChoiceBuilder } from '../choice-builder.ts'
import { errorIn } from '../errors.ts'
import { objectOf, type StreamEvent } from '../reading/received.ts'
import { readMessage } from './openai/chat.ts'

/** Cohere's v2 chat, and v1 where it differs (`text`, `tool_calls` at the top). */
export const cohere: AnswerReader = {
  apis: ['cohere-chat', 'cohere'],
  read(received) {
    if (received.form === 'stream') return readStream(received.events)
    const body = objectOf(received)
    if (body === undefined) return undefined
    const message = body['message']
    const isV1 = typeof body['text'] === 'string' && Object.hasOwn(body, 'finish_reason')
    if (!isObject(message) && !isV1) {
      const error = errorIn(body)
      return error ? { choices: [], error } : undefined
    }
    const choice = new ChoiceBuilder()
    if (isObject(message)) takeMessage(choice, message)
    else {
      choice.text = string(body['text'])
      for (const call of listOf(body['tool_calls']))
        choice.addCall(string(field(call, 'name')), field(call, 'parameters'))
    }
    choice.finish = textOf(body['finish_reason'])
    return { choices: [choice], usage: tokens(body['usage'] ?? body['meta']) }
  },
}

const tokens = (usage: unknown): Answer['usage'] =>
  usageOf(field(usage, 'tokens', 'billed_units'), 'input_tokens', 'output_tokens')

function takeMessage(choice: ChoiceBuilder, message: JsonObject): void {
  choice.reasoning += string(message['tool_plan'])
  readMessage(choice, message)
}

function readStream(events: readonly StreamEvent[]): Answer | undefined {
  const choice = new ChoiceBuilder()
  let usage: Answer['usage'] = null
  let error: Answer['error']
  let known = events.length === 0
  let ended = false
  for (const { name, data } of events) {
    if (!isObject(data)) continue
    const type = textOf(data['type']) ?? name ?? ''
    known ||= /^(?:message|content|tool)-/.test(type)
    if (type === '' || type === 'error') error ??= errorIn(data)
    const delta = data['delta']
    if (type === 'message-end') {
      ended = true
      choice.finish = textOf(field(delta, 'finish_reason'))
      usage = tokens(field(delta, 'usage')) ?? usage
      const message = field(delta, 'error')
      if (typeof message === 'string') error = { type: string(field(delta, 'finish_reason')), message }
    } else takeDelta(choice, data['index'], field(delta, 'message'))
  }
  if (!known && error === undefined) return undefined
  choice.truncated = !ended && error === undefined
  return { choices: known ? [choice] : [], usage, ...defined({ error }) }
}

function takeDelta(choice: ChoiceBuilder, index: unknown, message: unknown): void {
  if (message === undefined) return
  choice.reasoning += string(field(message, 'tool_plan'))
  const content = field(message, 'content')
  choice.text += string(field(content, 'text'))
  choice.reasoning += string(field(content, 'thinking'))
  const call = field(message, 'tool_calls')
  const fn = field(call, 'function')
  if (call === undefined) return
  choice.callPiece(index ?? 'only', {
    id: textOf(field(call, 'id')),
    name: textOf(field(fn, 'name')),
    args: field(fn, 'arguments'),
  })
}
