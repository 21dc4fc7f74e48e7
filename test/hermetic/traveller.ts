/**
 * The kinds of requests: one answer; a stream; one answer over TLS; a stream that the client aborts after the first
 * bytes; an answer that the client does not wait for.
 */
export const KINDS = ['whole', 'stream', 'secure', 'aborted', 'abandoned'] as const
export type Kind = (typeof KINDS)[number]
/** The kinds that end by themselves. */
export const ENDING = ['whole', 'stream', 'secure'] as const
export type EndingKind = (typeof ENDING)[number]

/** A client of this suite. */
export interface Traveller {
  readonly name: string
  /** The package of the client. */
  readonly family: string
  /** The kinds of requests that the client can make. */
  readonly kinds: readonly Kind[]
  /** Makes a request. Resolves with the client's view as text, which is the same for the same answer. */
  readonly ask: (kind: Kind, addresses: Addresses) => Promise<string>
  /** Frees the client's resources. */
  readonly close?: () => unknown
}

/** The addresses of the real servers. URLs have no slash at the end. */
export interface Addresses {
  /** `http://127.0.0.1:PORT`, and `https://localhost:PORT`: HTTP/1.1. */
  readonly plain: string
  readonly secure: string
  /** The same, HTTP/2. */
  readonly h2c: string
  readonly h2: string
  /** `127.0.0.1:PORT`, and `localhost:PORT` over TLS: gRPC. */
  readonly grpc: string
  readonly grpcs: string
  /** `ws://127.0.0.1:PORT`, and `wss://localhost:PORT`. */
  readonly ws: string
  readonly wss: string
  /** The certificate of the TLS servers, PEM. */
  readonly ca: string
}

/** Turns a traveller's view into text. */
export const told = (view: unknown): string => JSON.stringify(view)

/** `name code` of an error. */
export function errorIn(error: unknown): { error: string[] } {
  const { name, code } = error as { name?: unknown; code?: unknown }
  return { error: [[name, code].filter((one) => one !== undefined && one !== null).join(' ')] }
}

/** Runs `run`. @returns its result, its error as text, or `hangs` */
export async function within(ms: number, run: () => Promise<string>): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>()
  const timer = setTimeout(() => resolve('hangs'), ms)
  try {
    return await Promise.race([run(), promise])
  } catch (error) {
    return told({ thrown: String(error), ...errorIn(error) })
  } finally {
    clearTimeout(timer)
  }
}
