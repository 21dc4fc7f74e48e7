import { defined } from '../../../base/defined.ts'
import { isObject, type JsonObject, textOf } from '../../../providers/json/json.ts'
import { type Answer, type AnswerReader, field, listOf, string, usageOf } from '../../answer.ts'
import { ChoiceBuilder } from '../../choice-builder.ts'
import { errorOf } from '../../errors.ts'
import { objectOf, type StreamEvent } from '../../reading/received.ts'

/** Bedrock's Converse and ConverseStream. */
export const bedrockConverse: AnswerReader = {
  apis: ['bedrock-converse'],
  read(received) {
    if (received.form === 'stream') return readStream(received.events)
    const body = objectOf(received)
    const message = field(body?.['output'], 'message')
    if (body === undefined || message === undefined) return undefined
    const choice = new ChoiceBuilder()
    for (const block of listOf(field(message, 'content'))) readBlock(choice, block)
    choice.finish = textOf(body['stopReason'])
    return { choices: [choice], usage: usageOf(body['usage'], 'inputTokens', 'outputTokens') }
  },
}

const isServerTool = (use: unknown): boolean => field(use, 'type') === 'server_tool_use'

function readBlock(choice: ChoiceBuilder, block: unknown): void {
  choice.text += string(field(block, 'text'))
  choice.reasoning += string(field(field(field(block, 'reasoningContent'), 'reasoningText'), 'text'))
  const use = field(block, 'toolUse')
  if (use !== undefined && !isServerTool(use)) choice.addCall(string(field(use, 'name')), field(use, 'input'))
  for (const kind of ['image', 'video', 'document', 'audio']) {
    const media = field(block, kind)
    const source =
      field(field(media, 'source'), 'bytes') ?? field(field(field(media, 'source'), 's3Location'), 'uri')
    if (typeof source === 'string') choice.addMedia(`${kind}/${string(field(media, 'format'))}`, source)
  }
}

function readStream(events: readonly StreamEvent[]): Answer | undefined {
  const choice = new ChoiceBuilder()
  let usage: Answer['usage'] = null
  let error: Answer['error']
  let known = events.length === 0
  let ended = false
  for (const { name, data, exception } of events) {
    if (!isObject(data)) continue
    if (exception) {
      error = errorOf(data)
      continue
    }
    // Gateways send the events over SSE, or each under its name.
    const inner = name === undefined || !isObject(data[name]) ? data : data[name]
    const type = name ?? string(data['type'])
    known ||= /^(?:messageStart|messageStop|contentBlock\w+|metadata)$/.test(type)
    ended ||= type === 'messageStop'
    if (type === 'messageStop') choice.finish = textOf(inner['stopReason'])
    if (type === 'metadata') usage = usageOf(inner['usage'], 'inputTokens', 'outputTokens') ?? usage
    takeEvent(choice, type, inner)
  }
  if (!known && error === undefined) return undefined
  choice.truncated = !ended && error === undefined
  return { choices: known ? [choice] : [], usage, ...defined({ error }) }
}

function takeEvent(choice: ChoiceBuilder, type: string, event: JsonObject): void {
  const index = event['contentBlockIndex'] ?? 0
  if (type === 'contentBlockStart') {
    const use = field(event['start'], 'toolUse')
    if (use !== undefined && !isServerTool(use))
      choice.callPiece(index, { name: string(field(use, 'name')), id: string(field(use, 'toolUseId')) })
  }
  if (type !== 'contentBlockDelta') return
  const delta = event['delta']
  choice.text += string(field(delta, 'text'))
  choice.reasoning += string(field(field(delta, 'reasoningContent'), 'text'))
  const input = field(field(delta, 'toolUse'), 'input')
  if (input !== undefined && choice.hasCall(index)) choice.callPiece(index, { args: input })
}
