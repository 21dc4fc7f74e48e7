import { defined } from '../../base/defined.ts'
import { isObject, textOf } from '../../providers/json/json.ts'
import { type Answer, type AnswerReader, field, string, usageOf } from '../answer.ts'
import { ChoiceBuilder } from '../choice-builder.ts'
import { errorIn } from '../errors.ts'
import { recordsOf } from '../reading/received.ts'

/** Hugging Face text generation. The last event of a stream repeats the whole text. */
export const tgi: AnswerReader = {
  apis: ['tgi'],
  read(received) {
    const records = recordsOf(received)
    if (records === undefined) return undefined
    const choice = new ChoiceBuilder()
    let usage: Answer['usage'] = null
    let error: Answer['error']
    let known = records.length === 0 && received.form === 'stream'
    let whole: string | undefined
    for (const record of records) {
      if (!isObject(record)) continue
      error ??= errorIn(record)
      known ||= Object.hasOwn(record, 'token') || Object.hasOwn(record, 'generated_text')
      if (field(record['token'], 'special') !== true) choice.text += string(field(record['token'], 'text'))
      whole = textOf(record['generated_text']) ?? whole
      choice.finish = textOf(field(record['details'], 'finish_reason')) ?? choice.finish
      usage = usageOf(record['details'], 'input_length', 'generated_tokens') ?? usage
    }
    if (!known) return error ? { choices: [], error } : undefined
    if (whole === undefined) choice.truncated = error === undefined
    else choice.text = whole
    return { choices: [choice], usage, ...defined({ error }) }
  },
}
