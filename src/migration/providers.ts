import type { TargetApi } from './convert.ts'

/** A provider of models: where its API is, and how a request is signed. */
export interface Provider {
  readonly name: string
  readonly api: TargetApi
  /** Without a slash at its end. */
  readonly host: string
  /** What stands before the paths of the API. */
  readonly version: string
  /** Environment variables that may hold the key, in their order. None: no key is needed. */
  readonly keys: readonly string[]
  /** A base URL with any path has the version in it already, as its SDKs take it. */
  readonly baseHasVersion?: true
  /** The environment variable that its SDK reads the base URL from. */
  readonly baseUrlVariable?: string
  headers(key: string): Readonly<Record<string, string>>
  /** The model that makes embeddings, unless another is named. */
  readonly embeddingModel?: string
}

const bearer = (key: string): Readonly<Record<string, string>> => ({ authorization: `Bearer ${key}` })

const openai = {
  host: 'https://api.openai.com',
  version: '/v1',
  baseHasVersion: true,
  keys: ['OPENAI_API_KEY'],
  baseUrlVariable: 'OPENAI_BASE_URL',
  headers: bearer,
  embeddingModel: 'text-embedding-3-small',
} as const

export const PROVIDERS: readonly Provider[] = [
  { ...openai, name: 'openai', api: 'openai-chat' },
  { ...openai, name: 'openai-responses', api: 'openai-responses' },
  {
    name: 'anthropic',
    api: 'anthropic-messages',
    host: 'https://api.anthropic.com',
    version: '/v1',
    keys: ['ANTHROPIC_API_KEY'],
    baseUrlVariable: 'ANTHROPIC_BASE_URL',
    headers: (key) => ({ 'x-api-key': key, 'anthropic-version': '2023-06-01' }),
  },
  {
    name: 'gemini',
    api: 'gemini',
    host: 'https://generativelanguage.googleapis.com',
    version: '/v1beta',
    keys: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'],
    headers: (key) => ({ 'x-goog-api-key': key }),
    embeddingModel: 'gemini-embedding-001',
  },
  {
    name: 'mistral',
    api: 'mistral',
    host: 'https://api.mistral.ai',
    version: '/v1',
    keys: ['MISTRAL_API_KEY'],
    headers: bearer,
    embeddingModel: 'mistral-embed',
  },
  {
    name: 'cohere',
    api: 'cohere-chat',
    host: 'https://api.cohere.com',
    version: '/v2',
    keys: ['CO_API_KEY', 'COHERE_API_KEY'],
    headers: bearer,
    embeddingModel: 'embed-v4.0',
  },
  {
    name: 'ollama',
    api: 'ollama-chat',
    host: 'http://127.0.0.1:11434',
    version: '/api',
    keys: [],
    headers: () => ({}),
    embeddingModel: 'nomic-embed-text',
  },
]

/** The provider with this name, or with this label of an API. */
export const providerNamed = (name: string): Provider | undefined =>
  PROVIDERS.find((one) => one.name === name) ?? PROVIDERS.find(({ api }) => api === name)

const BY_MODEL: readonly (readonly [name: string, model: RegExp])[] = [
  ['openai', /^(?:gpt|chatgpt|o\d|text-embedding-)/],
  ['anthropic', /^claude/],
  ['gemini', /^(?:models\/)?(?:gemini|gemma)/],
  ['mistral', /^(?:open-)?(?:mistral|ministral|mixtral|magistral|codestral|devstral|pixtral)/],
  ['cohere', /^(?:command|embed-)/],
]

/** The provider that makes a model, as far as the name tells it. */
export const providerOfModel = (model: string): Provider | undefined => {
  const found = BY_MODEL.find(([, pattern]) => pattern.test(model.toLowerCase()))
  return found && providerNamed(found[0])
}

/**
 * The URL of a request.
 * @param base a base URL as the provider's SDKs take it, or only a host: `http://127.0.0.1:8080`, `https://gateway/openai/v1`
 */
export function endpoint(
  { baseHasVersion, host, version }: Provider,
  base: string | undefined,
  path: string,
): string {
  const given = (base ?? host).replace(/\/+$/, '')
  const at = URL.parse(given)?.pathname ?? '/'
  const isWhole = /\/(?:v\d[^/]*|api)$/.test(at) || (at !== '/' && baseHasVersion === true)
  return given + (isWhole ? '' : version) + path
}
