import { isList, isObject, type JsonValue, own } from '../../providers/json/json.ts'
import { type AnswerReader, field, listOf, usageOf } from '../answer.ts'
import { errorIn } from '../errors.ts'

/** Embeddings of every API. Base64 is read as little-endian float32. */
export const embeddings: AnswerReader = {
  apis: ['embeddings', 'ollama-embed'],
  read(received) {
    if (received.form !== 'json') return undefined
    const vectors = vectorsOf(received.json)
    const error = vectors === undefined ? errorIn(received.json) : undefined
    if (vectors === undefined) return error ? { choices: [], error } : undefined
    const usage = isObject(received.json) ? received.json['usage'] : undefined
    return { choices: [], vectors, usage: usageOf(usage, 'prompt_tokens', 'completion_tokens') }
  },
}

function vectorsOf(body: JsonValue): number[][] | undefined {
  if (isList(body)) return all(body)
  if (!isObject(body)) return undefined
  const { data, embeddings: many, embedding: one, embeddingsByType, predictions } = body
  // OpenAI, Voyage, Mistral
  if (isList(data)) return all(data.toSorted(byIndex))
  // Cohere: by type
  if (isObject(many)) return byType(many)
  // Ollama, Gemini, Amazon Nova, Cohere v1
  if (isList(many)) return all(many)
  // Amazon Titan
  if (isObject(embeddingsByType)) return all(Object.values(embeddingsByType) as JsonValue[])
  if (one !== undefined) return all([one])
  // Vertex AI
  return isList(predictions) ? all(predictions) : undefined
}

const byIndex = (a: JsonValue, b: JsonValue): number =>
  Number(field(a, 'index') ?? 0) - Number(field(b, 'index') ?? 0)

const byType = (types: object): number[][] | undefined =>
  all(
    Object.keys(types)
      .toSorted()
      .flatMap((type) => listOf(own(types, type))),
  )

function all(list: readonly JsonValue[]): number[][] | undefined {
  const vectors = list.map(vectorOf)
  return vectors.length > 0 && vectors.every((vector) => vector !== undefined) ? vectors : undefined
}

function vectorOf(value: JsonValue): number[] | undefined {
  if (isList(value)) return value.every((item) => typeof item === 'number') ? [...value] : undefined
  if (typeof value === 'string') return floats(value)
  const inner = field(value, 'embedding', 'embeddings', 'values')
  return inner === undefined ? undefined : vectorOf(inner as JsonValue)
}

/** `undefined`: this is not base64 of whole float32 numbers. */
function floats(base64: string): number[] | undefined {
  if (base64 === '' || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return undefined
  const bytes = Buffer.from(base64, 'base64')
  if (bytes.length % 4 !== 0) return undefined
  return Array.from({ length: bytes.length / 4 }, (_, at) => bytes.readFloatLE(at * 4))
}
