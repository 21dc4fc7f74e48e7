import { defined } from '../../../base/defined.ts'
import { isObject, type JsonObject, textOf } from '../../../providers/json/json.ts'
import { type Answer, type AnswerReader, Choices, field, listOf, string, usageOf } from '../../answer.ts'
import { ChoiceBuilder } from '../../choice-builder.ts'
import { errorIn } from '../../errors.ts'
import { type Received, recordsOf } from '../../reading/received.ts'

/** Chat Completions, legacy Completions, and the many APIs that are compatible with them. */
export const openaiChat: AnswerReader = {
  apis: [
    'openai-chat',
    'mistral',
    'openai-completions',
    'mistral-chat',
    'groq',
    'openrouter',
    'deepseek',
    'azure',
  ],
  read(received) {
    const records = recordsOf(received)
    if (records === undefined) return undefined
    const isStream = received.form === 'stream'
    const choices = new Choices(() => new ChoiceBuilder())
    let usage: Answer['usage'] = null
    let error: Answer['error']
    for (const record of records) {
      if (!isObject(record)) continue
      const list = listOf(record['choices'])
      if (list.length === 0) error ??= errorIn(record)
      for (const [at, choice] of list.entries()) {
        if (isObject(choice)) readChoice(choices.at(choice['index'], at), choice)
      }
      usage =
        usageOf(record['usage'], 'prompt_tokens', 'completion_tokens') ??
        usageOf(field(record['x_groq'], 'usage'), 'prompt_tokens', 'completion_tokens') ??
        usage
    }
    if (choices.size === 0) return error ? { choices: [], error } : emptyAnswer(received)
    const all = choices.all()
    for (const choice of all) endOf(choice, received, isStream)
    return { choices: all, usage, ...defined({ error }) }
  },
}

/** A stream without any choice: nothing had come yet, or it is of another API. */
function emptyAnswer(received: Received): Answer | undefined {
  if (received.form !== 'stream' || received.events.length > 0) return undefined
  const choice = new ChoiceBuilder()
  choice.truncated = !received.done
  return { choices: [choice] }
}

function endOf(choice: ChoiceBuilder, received: Received, isStream: boolean): void {
  if (!isStream || choice.finish !== undefined) return
  if (received.form === 'stream' && received.done) choice.finish = 'stop'
  else choice.truncated = true
}

function readChoice(choice: ChoiceBuilder, record: JsonObject): void {
  choice.text += string(record['text'])
  const { delta, message } = record
  if (isObject(message)) readMessage(choice, message, addWhole)
  else if (isObject(delta)) readMessage(choice, delta, addPiece)
  choice.finish = textOf(record['finish_reason']) || choice.finish
}

type AddCall = (choice: ChoiceBuilder, call: unknown) => void

/** A whole message, or a delta of one: they have the same fields. */
export function readMessage(choice: ChoiceBuilder, message: JsonObject, addCall: AddCall = addWhole): void {
  readContent(choice, message['content'])
  const readable = string(message['reasoning_content']) || string(message['reasoning'])
  choice.reasoning += readable || listOf(message['reasoning_details']).map(detailText).join('')
  choice.refusal += string(message['refusal'])
  const audio = message['audio']
  if (isObject(audio)) {
    choice.text += string(audio['transcript'])
    if (string(audio['data']) !== '') choice.addMedia('audio', string(audio['data']))
  }
  for (const image of listOf(message['images'])) addImage(choice, image)
  for (const call of listOf(message['tool_calls'])) addCall(choice, call)
  const legacy = message['function_call']
  // Some servers send every field of the schema, the unused ones empty.
  if (isObject(legacy) && (string(legacy['name']) || string(legacy['arguments'])) !== '')
    choice.callPiece('legacy', { name: textOf(legacy['name']), args: legacy['arguments'] })
}

const detailText = (detail: unknown): string => string(field(detail, 'text', 'summary'))

function readContent(choice: ChoiceBuilder, content: unknown): void {
  if (typeof content === 'string') choice.text += content
  for (const part of listOf(content)) {
    if (typeof part === 'string') choice.text += part
    const type = field(part, 'type')
    if (type === 'thinking') choice.reasoning += thinkingText(field(part, 'thinking'))
    else if (type === 'refusal') choice.refusal += string(field(part, 'refusal'))
    else if (type === 'image_url') addImage(choice, part)
    else choice.text += string(field(part, 'text'))
  }
}

const thinkingText = (thinking: unknown): string =>
  typeof thinking === 'string'
    ? thinking
    : listOf(thinking)
        .map((part) => string(field(part, 'text')))
        .join('')

function addImage(choice: ChoiceBuilder, part: unknown): void {
  const image = field(part, 'image_url')
  const url = typeof image === 'string' ? image : string(field(image, 'url'))
  if (url !== '') choice.addMedia('image', url)
}

function addWhole(choice: ChoiceBuilder, call: unknown): void {
  const fn = field(call, 'function')
  const custom = customOf(call)
  const input = custom === undefined ? undefined : string(field(custom, 'input'))
  choice.addCall(string(field(fn ?? custom, 'name')), field(fn, 'arguments'), input)
}

const customOf = (call: unknown): unknown =>
  field(call, 'function') === undefined ? field(call, 'custom') : undefined

/** Pieces of a call have its index; some APIs tell calls apart by their ids alone. */
function addPiece(choice: ChoiceBuilder, call: unknown): void {
  const fn = field(call, 'function')
  const custom = customOf(call)
  choice.callPiece(field(call, 'index'), {
    id: textOf(field(call, 'id')),
    name: textOf(field(fn ?? custom, 'name')),
    args: field(fn, 'arguments'),
    input: custom === undefined ? undefined : string(field(custom, 'input')),
  })
}
