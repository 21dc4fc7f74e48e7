/**
 * What is asked of a client: one answer; a stream; one answer over TLS; a stream that it leaves after the first bytes; an
 * answer that it does not wait for.
 */
export const KINDS = ['whole', 'stream', 'secure', 'aborted', 'abandoned'] as const
export type Kind = (typeof KINDS)[number]
/** Those that come to an end by themselves. */
export const ENDING = ['whole', 'stream', 'secure'] as const
export type EndingKind = (typeof ENDING)[number]

/** A client that is asked for something. */
export interface Traveller {
  readonly name: string
  /** Clients of one package. */
  readonly family: string
  /** What it can be asked for. */
  readonly kinds: readonly Kind[]
  /** What it tells its program, as text: the same for the same answer. */
  readonly ask: (kind: Kind, addresses: Addresses) => Promise<string>
  /** Frees what it holds. */
  readonly close?: () => unknown
}

/** Of the real servers; URLs have no slash at the end. */
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
  /** The certificate of those that speak TLS, PEM. */
  readonly ca: string
}

/** What happened, however it ended, as a traveller tells it. */
export const told = (view: unknown): string => JSON.stringify(view)

/** `name code` of an error. */
export function errorIn(error: unknown): { error: string[] } {
  const { name, code } = error as { name?: unknown; code?: unknown }
  return { error: [[name, code].filter((one) => one !== undefined && one !== null).join(' ')] }
}

/** What `run` gives, or `hangs`; what it throws, as text. */
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
