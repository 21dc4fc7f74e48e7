import { isList, isObject, type JsonObject, type JsonValue, textOf } from '../../../providers/json/json.ts'
import { type Answer, type AnswerReader, field, listOf, string, usageOf } from '../../answer.ts'
import { ChoiceBuilder } from '../../choice-builder.ts'
import { errorIn, errorOf } from '../../errors.ts'
import { objectOf, type StreamEvent } from '../../reading/received.ts'
import { readItem, ResponsesStream } from './responses-items.ts'

const TERMINAL = new Set([
  'response.completed',
  'response.incomplete',
  'response.failed',
  'response.cancelled',
  'response.done',
])

/** The Responses API: the items of `output`, or the events that build them. */
export const openaiResponses: AnswerReader = {
  apis: ['openai-responses'],
  read(received) {
    if (received.form === 'stream') return readStream(received.events)
    const body = objectOf(received)
    if (body === undefined) return undefined
    if (isList(body['output'])) return answerOf(body, body['output'])
    const error = errorIn(body)
    return error ? { choices: [], error } : undefined
  },
}

function readStream(events: readonly StreamEvent[]): Answer | undefined {
  const stream = new ResponsesStream()
  let last: JsonObject | undefined
  let error: Answer['error']
  let known = events.length === 0
  for (const { data } of events) {
    if (!isObject(data)) continue
    const type = string(data['type'])
    if (type === 'error') error = isObject(data['error']) ? errorOf(data['error']) : flatError(data)
    if (type === '') error ??= errorIn(data)
    known ||= type.startsWith('response.')
    if (TERMINAL.has(type) && isObject(data['response'])) last = data['response']
    stream.take(type, data)
  }
  if (!known && error === undefined) return undefined
  const items =
    last !== undefined && listOf(last['output']).length > 0 ? listOf(last['output']) : stream.items()
  const answer = answerOf(last ?? {}, items)
  if (last === undefined) for (const choice of answer.choices) choice.truncated = error === undefined
  return error ? { ...answer, error } : answer
}

const flatError = ({ type: _type, ...rest }: JsonObject): Answer['error'] => errorOf(rest)

export function answerOf(body: JsonObject, items: readonly JsonValue[]): Answer {
  const choice = new ChoiceBuilder()
  for (const item of items) if (isObject(item)) readItem(choice, item)
  choice.finish = finishWord(body)
  return { choices: [choice], usage: usageOf(body['usage'], 'input_tokens', 'output_tokens') }
}

function finishWord(body: JsonObject): string | undefined {
  switch (textOf(body['status'])) {
    case undefined:
      return undefined
    case 'completed':
      return 'completed'
    case 'incomplete':
      return string(field(body['incomplete_details'] ?? body['status_details'], 'reason')) || 'incomplete'
    case 'queued':
    case 'in_progress':
      return 'pause_turn'
    default:
      return 'error'
  }
}
