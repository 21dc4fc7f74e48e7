import { defined } from '../../base/defined.ts'
import { isObject, type JsonObject, textOf } from '../../providers/json/json.ts'
import { type Answer, type AnswerReader, Choices, field, listOf, string, usageOf } from '../answer.ts'
import { ChoiceBuilder } from '../choice-builder.ts'
import { errorIn } from '../errors.ts'
import { type Received, recordsOf } from '../reading/received.ts'

/** `generateContent` and `streamGenerateContent`, of Gemini and of Vertex AI. */
export const gemini: AnswerReader = {
  apis: ['gemini', 'vertex', 'google'],
  read(received) {
    const records = recordsOf(received)
    if (records === undefined) return undefined
    const choices = new Choices(() => new ChoiceBuilder())
    let usage: Answer['usage'] = null
    let error: Answer['error']
    let blocked: string | undefined
    let known = received.form === 'stream' && records.length === 0
    for (const record of records) {
      if (!isObject(record)) continue
      error ??= errorIn(record)
      known ||= ['candidates', 'promptFeedback', 'modelVersion'].some((key) => Object.hasOwn(record, key))
      blocked ??= textOf(field(record['promptFeedback'], 'blockReason'))
      for (const [at, candidate] of listOf(record['candidates']).entries())
        if (isObject(candidate)) readCandidate(choices.at(candidate['index'], at), candidate)
      usage = usageOf(record['usageMetadata'], 'promptTokenCount', 'candidatesTokenCount') ?? usage
    }
    if (error !== undefined && choices.size === 0) return { choices: [], error }
    if (!known) return undefined
    if (choices.size === 0) choices.at(0).finish = blocked === undefined ? undefined : 'SAFETY'
    const all = choices.all()
    if (isStreamed(received))
      for (const choice of all) choice.truncated = choice.finish === undefined && !error
    return { choices: all, usage, ...defined({ error }) }
  },
}

/** A JSON array is a stream too. */
const isStreamed = (received: Received): boolean =>
  received.form === 'stream' || (received.form === 'json' && Array.isArray(received.json))

function readCandidate(choice: ChoiceBuilder, candidate: JsonObject): void {
  readParts(choice, listOf(field(candidate['content'], 'parts')))
  choice.finish = textOf(candidate['finishReason']) ?? choice.finish
}

/** The parts of a message, also of the Live API. Code that the server runs is not a call for the client. */
export function readParts(choice: ChoiceBuilder, parts: readonly unknown[]): void {
  for (const part of parts) {
    const text = string(field(part, 'text'))
    if (field(part, 'thought') === true) choice.reasoning += text
    else choice.text += text
    const call = field(part, 'functionCall', 'function_call')
    if (call !== undefined) choice.addCall(string(field(call, 'name')), field(call, 'args'))
    const inline = field(part, 'inlineData', 'inline_data')
    const file = field(part, 'fileData', 'file_data')
    const type = string(field(inline ?? file, 'mimeType', 'mime_type'))
    if (inline !== undefined) choice.addMedia(type, string(field(inline, 'data')))
    if (file !== undefined) choice.addMedia(type, string(field(file, 'fileUri', 'file_uri')))
  }
}
