import { defined } from '../../base/defined.ts'
import { isObject, type JsonObject, textOf } from '../../providers/json/json.ts'
import { type Answer, type AnswerReader, field, listOf, string, usageOf } from '../answer.ts'
import { ChoiceBuilder } from '../choice-builder.ts'
import { errorIn } from '../errors.ts'
import { recordsOf } from '../reading/received.ts'

/** Ollama's chat and generate, whole or a line a piece. */
export const ollama: AnswerReader = {
  apis: ['ollama-chat', 'ollama-generate', 'ollama'],
  read(received) {
    const records = recordsOf(received)
    if (records === undefined) return undefined
    const choice = new ChoiceBuilder()
    let usage: Answer['usage'] = null
    let error: Answer['error']
    let known = records.length === 0 && received.form === 'stream'
    let done = false
    for (const record of records) {
      if (!isObject(record)) continue
      error ??= errorIn(record)
      known ||= isObject(record['message']) || Object.hasOwn(record, 'response')
      take(choice, record)
      if (record['done'] === true) {
        done = true
        choice.finish = textOf(record['done_reason']) ?? 'stop'
      }
      usage = usageOf(record, 'prompt_eval_count', 'eval_count') ?? usage
    }
    if (!known) return error ? { choices: [], error } : undefined
    choice.truncated = !done && error === undefined
    return { choices: [choice], usage, ...defined({ error }) }
  },
}

function take(choice: ChoiceBuilder, record: JsonObject): void {
  const { message } = record
  choice.text += string(record['response']) + string(field(message, 'content'))
  choice.reasoning += string(record['thinking']) + string(field(message, 'thinking'))
  for (const call of listOf(field(message, 'tool_calls'))) {
    const fn = field(call, 'function')
    choice.addCall(string(field(fn, 'name')), field(fn, 'arguments'))
  }
  for (const image of listOf(field(message, 'images')))
    if (typeof image === 'string') choice.addMedia('image', image)
}
