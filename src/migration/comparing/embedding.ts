import type { JsonValue } from '../../providers/json/json.ts'
import type { TargetApi } from '../convert.ts'
import type { WrittenRequest } from '../asking.ts'

/** The label that the answers of an embedding request are read by. */
export const EMBEDDING_API: Partial<Readonly<Record<TargetApi, string>>> = {
  'openai-chat': 'embeddings',
  'openai-responses': 'embeddings',
  mistral: 'embeddings',
  gemini: 'embeddings',
  'cohere-chat': 'embeddings',
  'ollama-chat': 'ollama-embed',
}

const written = (path: string, body: JsonValue): WrittenRequest => ({ path, body, left: [] })

/** The request for the embeddings of texts. `undefined`: the API makes none. */
export function embeddingRequest(
  api: TargetApi,
  model: string,
  texts: readonly string[],
): WrittenRequest | undefined {
  switch (api) {
    case 'openai-chat':
    case 'openai-responses':
    case 'mistral':
      return written('/embeddings', { model, input: texts })
    case 'ollama-chat':
      return written('/embed', { model, input: texts })
    case 'cohere-chat':
      return written('/embed', { model, texts, input_type: 'clustering', embedding_types: ['float'] })
    case 'gemini': {
      const name = model.replace(/^models\//, '')
      const requests = texts.map((text) => ({ model: `models/${name}`, content: { parts: [{ text }] } }))
      return written(`/models/${name}:batchEmbedContents`, { requests })
    }
    default:
      return undefined
  }
}

/** The cosine of two embeddings, from -1 to 1; `undefined` if they cannot be compared. */
export function cosine([a, b]: readonly (readonly number[])[]): number | undefined {
  if (a === undefined || b === undefined || a.length === 0 || a.length !== b.length) return undefined
  const size = Math.sqrt(dot(a, a) * dot(b, b))
  return size === 0 || !Number.isFinite(size) ? undefined : dot(a, b) / size
}

const dot = (x: readonly number[], y: readonly number[]): number =>
  x.reduce((sum, value, at) => sum + value * (y[at] ?? 0), 0)
