import { defined } from '../../base/defined.ts'
import { isList, isObject, type JsonObject, textOf } from '../../providers/json/json.ts'
import { type Answer, type AnswerReader, string, usageOf } from '../answer.ts'
import { ChoiceBuilder } from '../choice-builder.ts'
import { errorIn, errorOf } from '../errors.ts'
import { objectOf, type StreamEvent } from '../reading/received.ts'

/** The Messages API. Tools that the server runs itself (`server_tool_use`, `mcp_tool_use`) are not calls for the client. */
export const anthropic: AnswerReader = {
  apis: ['anthropic-messages', 'anthropic'],
  read(received) {
    if (received.form === 'stream') return readStream(received.events)
    const body = objectOf(received)
    if (body === undefined) return undefined
    if (!isList(body['content'])) {
      const error = errorIn(body)
      return error ? { choices: [], error } : undefined
    }
    const choice = new ChoiceBuilder()
    for (const block of body['content']) if (isObject(block)) readBlock(choice, block)
    choice.finish = textOf(body['stop_reason'])
    return { choices: [choice], usage: usageOf(body['usage'], 'input_tokens', 'output_tokens') }
  },
}

function readBlock(choice: ChoiceBuilder, block: JsonObject): void {
  if (block['type'] === 'text') choice.text += string(block['text'])
  else if (block['type'] === 'thinking') choice.reasoning += string(block['thinking'])
  else if (block['type'] === 'tool_use') choice.addCall(string(block['name']), block['input'])
}

function readStream(events: readonly StreamEvent[]): Answer | undefined {
  const choice = new ChoiceBuilder()
  const usage: { input: number | null; output: number | null } = { input: null, output: null }
  let error: Answer['error']
  let known = events.length === 0
  let ended = false
  for (const { data: event, exception } of events) {
    if (!isObject(event)) continue
    const type = string(event['type'])
    if (exception) error = errorOf(event)
    else if (type === 'error') error = errorIn(event) ?? errorOf(event)
    else if (type === '') error ??= errorIn(event)
    known ||= /^(?:message|content_block)_/.test(type)
    ended ||= type === 'message_stop'
    const message = type === 'message_start' ? event['message'] : event
    const seen = isObject(message) ? usageOf(message['usage'], 'input_tokens', 'output_tokens') : null
    usage.input = seen?.input ?? usage.input
    usage.output = seen?.output ?? usage.output
    takeEvent(choice, type, event)
  }
  if (!known && error === undefined) return undefined
  choice.truncated = error === undefined && !ended && choice.finish === undefined
  const counted = usage.input === null && usage.output === null ? null : usage
  return { choices: known ? [choice] : [], usage: counted, ...defined({ error }) }
}

function takeEvent(choice: ChoiceBuilder, type: string, event: JsonObject): void {
  const block = event['content_block']
  const delta = event['delta']
  if (type === 'content_block_start' && isObject(block)) {
    if (block['type'] === 'tool_use') {
      const args =
        isObject(block['input']) && Object.keys(block['input']).length > 0 ? block['input'] : undefined
      choice.callPiece(event['index'] ?? choice, {
        name: string(block['name']),
        id: string(block['id']),
        args,
      })
    } else readBlock(choice, block)
  }
  if (!isObject(delta)) return
  if (type === 'message_delta') choice.finish = textOf(delta['stop_reason']) ?? choice.finish
  if (type !== 'content_block_delta') return
  if (delta['type'] === 'text_delta') choice.text += string(delta['text'])
  if (delta['type'] === 'thinking_delta') choice.reasoning += string(delta['thinking'])
  // A tool that the server runs streams its input too: its block began no call.
  if (delta['type'] === 'input_json_delta' && choice.hasCall(event['index'] ?? choice))
    choice.callPiece(event['index'] ?? choice, { args: string(delta['partial_json']) })
}
