import { isObject, type JsonObject, textOf } from '../../providers/json/json.ts'
import { type AnswerReader, field, listOf, string } from '../answer.ts'
import { ChoiceBuilder } from '../choice-builder.ts'
import { recordsOf } from '../reading/received.ts'

/** The words of Bedrock's text models for the end of an answer, where the common table has another. */
const WORDS: Readonly<Record<string, string>> = {
  FINISH: 'stop',
  FINISHED: 'stop',
  LENGTH: 'length',
  CONTENT_FILTERED: 'content_filter',
  limit: 'length',
  word: 'stop',
}

/** Text models with a shape of their own: Titan, Llama, Mistral on Bedrock, llama.cpp, Anthropic's legacy completions. */
export const completion: AnswerReader = {
  apis: ['completion'],
  read(received) {
    const records = recordsOf(received)
    if (records === undefined) return undefined
    const choice = new ChoiceBuilder()
    let known = false
    for (const record of records) if (isObject(record)) known = take(choice, record) || known
    if (!known) return undefined
    choice.truncated = received.form === 'stream' && choice.finish === undefined
    return { choices: [choice] }
  },
}

/** @returns whether the record is one of these shapes */
function take(choice: ChoiceBuilder, record: JsonObject): boolean {
  const [inner] = listOf(record['results'] ?? record['outputs'])
  const from = isObject(inner) ? inner : record
  const text = field(from, 'outputText', 'generation', 'completion', 'text') ?? llamaCpp(record)
  if (typeof text !== 'string') return false
  choice.text += text
  const word = textOf(field(from, 'completionReason', 'stop_reason', 'stop_type', 'finish_reason'))
  if (word !== undefined) choice.finish = Object.hasOwn(WORDS, word) ? WORDS[word] : word
  return true
}

const llamaCpp = (record: JsonObject): string | undefined =>
  typeof record['stop'] === 'boolean' ? string(record['content']) : undefined
