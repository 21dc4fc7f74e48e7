import { isObject, type JsonObject, type JsonValue, textOf } from '../../providers/json/json.ts'
import { type Answer, type AnswerReader, Choices, field, listOf, string, usageOf } from '../answer.ts'
import { ChoiceBuilder } from '../choice-builder.ts'
import type { Received } from '../reading/received.ts'

/** xAI's words for the end of an answer. */
const REASONS: Readonly<Record<string, string>> = {
  REASON_STOP: 'stop',
  REASON_MAX_LEN: 'length',
  REASON_MAX_CONTEXT: 'length',
  REASON_TOOL_CALLS: 'tool_calls',
  REASON_TIME_LIMIT: 'length',
  REASON_INVALID: '',
}

/** gRPC calls whose messages were decoded. xAI's chat is an answer of a model; any other call is a list of messages. */
export const grpc: AnswerReader = {
  apis: ['grpc'],
  read(received) {
    if (received.form !== 'messages') return undefined
    const error = statusError(received)
    const base = error ? { error } : {}
    const answer = chat(received.messages)
    if (answer !== undefined) return { ...answer, ...base }
    return { choices: [], body: received.messages, ...base }
  },
}

/** A `grpc-status` other than 0 (OK). */
function statusError({ headers }: Received): Answer['error'] {
  const status = headers.get('grpc-status')
  if (status === undefined || status === '0') return undefined
  return { type: status, message: unescaped(headers.get('grpc-message') ?? '') }
}

function unescaped(message: string): string {
  try {
    return decodeURIComponent(message)
  } catch {
    return message
  }
}

function chat(messages: readonly JsonValue[]): Answer | undefined {
  const choices = new Choices(() => new ChoiceBuilder())
  let usage: Answer['usage'] = null
  for (const message of messages) {
    for (const [at, output] of listOf(field(message, 'outputs')).entries()) {
      const content = field(output, 'message', 'delta')
      if (isObject(output) && isObject(content)) readOutput(choices.at(output['index'], at), output, content)
    }
    const counts = field(message, 'usage')
    usage =
      usageOf(counts, 'prompt_tokens', 'completion_tokens') ??
      usageOf(counts, 'promptTokens', 'completionTokens') ??
      usage
  }
  if (choices.size === 0) return undefined
  const all = choices.all()
  for (const choice of all) choice.truncated = messages.length > 1 && choice.finish === undefined
  return { choices: all, usage }
}

function readOutput(choice: ChoiceBuilder, output: JsonObject, message: JsonObject): void {
  choice.text += string(message['content'])
  choice.reasoning += string(field(message, 'reasoning_content', 'reasoningContent'))
  for (const call of listOf(field(message, 'tool_calls', 'toolCalls'))) {
    const type = field(call, 'type')
    // Tools that the server runs itself are not calls for the client.
    const isServerTool = typeof type === 'string' && type !== 'TOOL_CALL_TYPE_CLIENT_SIDE_TOOL'
    const fn = field(call, 'function')
    if (fn !== undefined && !isServerTool)
      choice.callPiece(textOf(field(call, 'id')) ?? fn, {
        name: textOf(field(fn, 'name')),
        args: field(fn, 'arguments'),
      })
  }
  const reason = textOf(field(output, 'finish_reason', 'finishReason'))
  if (reason !== undefined)
    choice.finish = (Object.hasOwn(REASONS, reason) ? REASONS[reason] : reason) || undefined
}
