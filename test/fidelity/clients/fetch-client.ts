import { drain, errorView } from '../view.ts'
import type { Call, Feature, FidelityClient, View } from '../types.ts'
import { aborting } from './aborting.ts'
import { type BodyClasses, wholeBody } from './objects.ts'

export interface ResponseLike {
  readonly status: number
  readonly statusText: string
  readonly url: string
  readonly headers: Iterable<readonly [string, string]>
  readonly body: AsyncIterable<Uint8Array> | null
}
export type FetchLike = (url: string, init: Record<string, unknown>) => Promise<ResponseLike>

export interface FetchClientOptions {
  readonly name: string
  readonly family: string
  readonly fetch: FetchLike
  readonly lacks?: FidelityClient['lacks']
  readonly never?: FidelityClient['never']
  /** Options for every call. */
  readonly init?: (call: Call) => Record<string, unknown>
  /** The classes for form data and blobs. Default: the global ones. */
  readonly classes?: (call: Call) => BodyClasses
  /** Makes the body of a streamed upload. Default: a `ReadableStream`. */
  readonly streamOf?: (source: AsyncIterable<Uint8Array>) => unknown
  readonly close?: () => unknown
}

/** The features that no implementation of fetch has. */
export const FETCH_LACKS: Partial<Record<Feature, string>> = {
  'get-body': 'fetch refuses a GET with a body',
  expect: 'fetch refuses the Expect header',
  unix: 'fetch knows no unix sockets',
  userinfo: 'fetch refuses credentials in a URL',
  'raw-path': 'the URL class normalises paths',
}

export const fetchClient = ({
  name,
  family,
  fetch,
  lacks = FETCH_LACKS,
  init = () => ({}),
  streamOf = webStream,
  classes,
  never,
  close,
}: FetchClientOptions): FidelityClient => ({
  name,
  family,
  lacks,
  dialect: 'plain',
  send: (call) => viaFetch(fetch, call, { init, streamOf, classes }),
  ...(never ? { never } : {}),
  ...(close ? { close } : {}),
})

interface Sending {
  readonly init: (call: Call) => Record<string, unknown>
  readonly streamOf: (source: AsyncIterable<Uint8Array>) => unknown
  readonly classes: ((call: Call) => BodyClasses) | undefined
}

async function viaFetch(
  fetchLike: FetchLike,
  call: Call,
  { init, streamOf, classes }: Sending,
): Promise<View> {
  const { signal, atHead, read: onRead } = aborting(call)
  const echo = call.duplex && echoing(call.duplex)
  const source = echo?.source ?? call.stream?.()
  const body = wholeBody(call, classes?.(call))
  try {
    const response = await fetchLike(call.url, {
      ...init(call),
      method: call.method,
      headers: call.headers.map(([name, value]) => [name, value]),
      signal: call.timeoutMs ? AbortSignal.timeout(call.timeoutMs) : signal,
      ...(body === undefined ? {} : { body }),
      ...(source ? { body: streamOf(source), duplex: 'half' } : {}),
    })
    atHead()
    const read = await drain(response.body, (part) => {
      onRead()
      echo?.heard(part)
    })
    return {
      status: response.status,
      reason: response.statusText,
      headers: [...response.headers].map(([name, value]) => [name, value] as const),
      url: response.url,
      ...read,
    }
  } catch (error) {
    return { error: errorView(error) }
  }
}

const webStream = (source: AsyncIterable<Uint8Array>): unknown => ReadableStream.from(source)

/** A body that sends each part after the program has read the answer to the previous part. */
export function echoing(parts: readonly string[]): {
  source: AsyncIterable<Uint8Array>
  heard: (answers: number) => void
} {
  const answered = parts.map(() => Promise.withResolvers<void>())
  async function* source(): AsyncGenerator<Uint8Array> {
    for (const [i, part] of parts.entries()) {
      if (i > 0) await answered[i - 1]?.promise
      yield Buffer.from(part)
    }
  }
  return { source: source(), heard: (answers) => answered[answers - 1]?.resolve() }
}
