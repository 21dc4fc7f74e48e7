import type { Wire } from './wire-server.ts'

export type HeaderList = ReadonlyArray<readonly [name: string, value: string]>

/** One request of the suite. Each client sends it with its own API. */
export interface Call {
  readonly url: string
  readonly method: string
  readonly headers: HeaderList
  readonly body?: Buffer
  /** A form with a file. The client gets it as a form object, and makes the body and the content-type from it. */
  readonly form?: readonly FormPart[]
  /** A Blob as the body. The client takes the content-type from it. */
  readonly blob?: { readonly text: string; readonly type: string }
  /** A body that the client streams without a length. */
  readonly stream?: () => AsyncIterable<Uint8Array>
  /** A body whose next part is sent when the client has read the answer to the previous part. */
  readonly duplex?: readonly string[]
  /** The client's own timeout, ms. */
  readonly timeoutMs?: number
  /** The program asks for a stream, if the API has such an option. */
  readonly streaming?: true
  /** When the program aborts: before sending, while it waits for the head, at the head, or after the first bytes. */
  readonly abort?: AbortPoint
  readonly socketPath?: string
}

export interface FormPart {
  readonly name: string
  readonly value: string
  /** Set if the part is a file. */
  readonly filename?: string
}

export type AbortPoint = 'before' | 'waiting' | 'at-head' | 'in-body'

/** A feature that a client needs to send a call. */
export type Feature =
  | 'method'
  | 'headers'
  | 'upload'
  | 'stream'
  | 'duplex'
  | 'get-body'
  | 'expect'
  | 'form-data'
  | 'blob'
  | 'timeout'
  | 'abort'
  | 'abort-at-head'
  | 'abort-in-body'
  | 'truncation'
  | 'unix'
  | 'userinfo'
  | 'raw-path'
  | 'https'
  | 'ipv6'
  | 'direct'
  /** 5 MB. */
  | 'large'
  /** 100 MB. */
  | 'huge'

/** Everything that a client tells its program about an exchange, as plain data. A client may lack some of it. */
export interface View {
  readonly status?: number
  readonly reason?: string
  readonly httpVersion?: string
  readonly headers?: HeaderList
  readonly body?: BodyView
  readonly trailers?: unknown
  /** The URL after redirects. */
  readonly url?: string
  /** The library's result. */
  readonly result?: unknown
  /** `name code` of the error and of each of its causes. */
  readonly error?: readonly string[]
}

export interface BodyView {
  readonly bytes: number
  readonly sha256: string
  /** The first bytes as latin1, so that a person can read a difference. */
  readonly start: string
}

export interface FidelityClient {
  readonly name: string
  /** The client's package. Clients of one family are listed together in the matrix. */
  readonly family: string
  /** The features that the client lacks, with the reasons. */
  readonly lacks: Readonly<Partial<Record<Feature, string>>>
  /** Exchanges, by name, that this client never finishes, even live, with the reasons. */
  readonly never?: Readonly<Record<string, string>>
  /** The wire format of the answers; `plain` if any format will do. */
  readonly dialect: Dialect
  readonly send: (call: Call) => Promise<View>
  /** Frees the client's resources after its turn. */
  readonly close?: () => unknown
}

export type Dialect =
  | 'plain'
  | 'openai'
  | 'anthropic'
  | 'gemini'
  | 'mistral'
  | 'cohere'
  | 'ollama'
  | 'bedrock'

/** The addresses of one run. During the replay, none of them has a server. */
export interface Servers {
  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  readonly main: string
  /** The same answers under another name, `http://localhost:PORT`. */
  readonly other: string
  /** `https:`, with a certificate that this process trusts. */
  readonly secure: string
  /** `https:`, with a certificate that nobody trusts. */
  readonly untrusted: string
  readonly ipv6: string
  readonly socketPath: string
  /** A second socket with different answers. */
  readonly otherSocketPath: string
  /** A port without a server. */
  readonly refused: string
}

export interface Exchange {
  readonly name: string
  readonly needs?: readonly Feature[]
  /** The exchange waits for something, so it runs in parallel with others. */
  readonly slow?: true
  /** The time limit of the exchange, ms. */
  readonly patienceMs?: number
  readonly request?: Partial<Omit<Call, 'url' | 'socketPath'>>
  /** The address of the request. Default: `servers.main`. */
  readonly address?: (servers: Servers, path: string) => Pick<Call, 'url' | 'socketPath'>
  /** Must match the live view as JSON. Proves that the client sent the intended request. */
  readonly proof?: RegExp
  /** The behaviour of the server. */
  readonly serve: (wire: Wire, dialect: Dialect) => void | Promise<void>
}

export interface ExchangeFamily {
  readonly name: string
  readonly exchanges: readonly Exchange[]
}
