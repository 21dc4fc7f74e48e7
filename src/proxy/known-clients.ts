/** A client that reads its base URL from an environment variable. */
interface KnownClient {
  /** Its server. */
  readonly url: string
  /** Absent: it reads no variable. */
  readonly variable?: string
  /** What its base URL ends with. */
  readonly suffix: string
}

/** Clients by the name that `--target` takes. The variables are those that the official SDKs read. */
export const KNOWN_CLIENTS: Readonly<Record<string, KnownClient>> = {
  openai: { url: 'https://api.openai.com', variable: 'OPENAI_BASE_URL', suffix: '/v1' },
  anthropic: { url: 'https://api.anthropic.com', variable: 'ANTHROPIC_BASE_URL', suffix: '' },
  gemini: {
    url: 'https://generativelanguage.googleapis.com',
    variable: 'GOOGLE_GEMINI_BASE_URL',
    suffix: '',
  },
  groq: { url: 'https://api.groq.com', variable: 'GROQ_BASE_URL', suffix: '' },
  cohere: { url: 'https://api.cohere.com', variable: 'CO_API_URL', suffix: '' },
  mistral: { url: 'https://api.mistral.ai', suffix: '' },
  ollama: { url: 'http://127.0.0.1:11434', variable: 'OLLAMA_HOST', suffix: '' },
}

/** The client of a server. */
export const clientOf = (origin: string): KnownClient | undefined =>
  Object.values(KNOWN_CLIENTS).find(({ url }) => url === origin)
