import type { Wire } from './wire-server.ts'

export type HeaderList = ReadonlyArray<readonly [name: string, value: string]>

/** One request as the suite wants it sent; each client says it in its own words. */
export interface Call {
  readonly url: string
  readonly method: string
  readonly headers: HeaderList
  readonly body?: Buffer
  /** A form with a file in it, handed over as the client's kind of object; it makes the body and its content-type. */
  readonly form?: readonly FormPart[]
  /** The body as a Blob with a type of its own. */
  readonly blob?: { readonly text: string; readonly type: string }
  /** A body that the client is to stream, without saying its length. */
  readonly stream?: () => AsyncIterable<Uint8Array>
  /** A body of which the client sends the next part when it has read an answer to the one before. */
  readonly duplex?: readonly string[]
  /** The client gives up after this many milliseconds, by its own idiom. */
  readonly timeoutMs?: number
  /** The program asks for a stream, where its API has such a wish. */
  readonly streaming?: true
  /** When the program aborts: before sending, while it waits for the head, at the head, after the first bytes. */
  readonly abort?: AbortPoint
  readonly socketPath?: string
}

export interface FormPart {
  readonly name: string
  readonly value: string
  /** It is a file. */
  readonly filename?: string
}

export type AbortPoint = 'before' | 'waiting' | 'at-head' | 'in-body'

/** What a client needs in order to send a call at all. */
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

/** Everything a client tells its program of one exchange, as plain data. Absent: this client does not tell it. */
export interface View {
  readonly status?: number
  readonly reason?: string
  readonly httpVersion?: string
  readonly headers?: HeaderList
  readonly body?: BodyView
  readonly trailers?: unknown
  /** Where redirects led. */
  readonly url?: string
  /** What a library made of the response. */
  readonly result?: unknown
  /** `name code` of the error and of the causes it wraps. */
  readonly error?: readonly string[]
}

export interface BodyView {
  readonly bytes: number
  readonly sha256: string
  /** The first bytes, as latin1, so that a difference can be read. */
  readonly start: string
}

export interface FidelityClient {
  readonly name: string
  /** The package it is from; clients of one family share a row group of the matrix. */
  readonly family: string
  /** What it cannot send, and why. */
  readonly lacks: Readonly<Partial<Record<Feature, string>>>
  /** Exchanges, by name, that this client does not come to an end with, also live, and why. */
  readonly never?: Readonly<Record<string, string>>
  /** The wire format it wants its answers in; plain: any. */
  readonly dialect: Dialect
  readonly send: (call: Call) => Promise<View>
  /** Frees what it holds when its turn is over. */
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

/** The addresses of one run; all of them are gone when the replay starts, or were never there. */
export interface Servers {
  /** `http://127.0.0.1:PORT`, no slash at the end. */
  readonly main: string
  /** The same answers under another name, `http://localhost:PORT`. */
  readonly other: string
  /** `https:`, a certificate that this process trusts. */
  readonly secure: string
  /** `https:`, a certificate that nobody trusts. */
  readonly untrusted: string
  readonly ipv6: string
  readonly socketPath: string
  /** A second socket, which says something else. */
  readonly otherSocketPath: string
  /** Nobody listens there. */
  readonly refused: string
}

export interface Exchange {
  readonly name: string
  readonly needs?: readonly Feature[]
  /** It waits for something: run beside the others. */
  readonly slow?: true
  /** Longer than this it hangs, ms. */
  readonly patienceMs?: number
  readonly request?: Partial<Omit<Call, 'url' | 'socketPath'>>
  /** Where to send it; by default to `servers.main`. */
  readonly address?: (servers: Servers, path: string) => Pick<Call, 'url' | 'socketPath'>
  /** What the live view has to have in it as JSON, so that the request is known to have been the one that was meant. */
  readonly proof?: RegExp
  /** What the server does. */
  readonly serve: (wire: Wire, dialect: Dialect) => void | Promise<void>
}

export interface ExchangeFamily {
  readonly name: string
  readonly exchanges: readonly Exchange[]
}
