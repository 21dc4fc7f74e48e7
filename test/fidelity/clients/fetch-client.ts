import { setTimeout as sleep } from 'node:timers/promises'
import { drain, errorView } from '../view.ts'
import type { Call, Feature, FidelityClient, View } from '../types.ts'

export interface ResponseLike {
  readonly status: number
  readonly statusText: string
  readonly url: string
  readonly headers: Iterable<readonly [string, string]>
  readonly body: AsyncIterable<Uint8Array> | null
}
export type FetchLike = (url: string, init: Record<string, unknown>) => Promise<ResponseLike>

/** When the program that waits for the head gives up, ms. */
const WAIT_MS = 40

export interface FetchClientOptions {
  readonly name: string
  readonly family: string
  readonly fetch: FetchLike
  readonly lacks?: FidelityClient['lacks']
  readonly never?: FidelityClient['never']
  /** What is passed with every call. */
  readonly init?: () => Record<string, unknown>
  /** Makes the body of a streamed upload; by default a `ReadableStream`. */
  readonly streamOf?: (source: AsyncIterable<Uint8Array>) => unknown
  readonly close?: () => unknown
}

/** What no implementation of fetch can send. */
export const FETCH_LACKS: Partial<Record<Feature, string>> = {
  'get-body': 'fetch refuses a GET with a body',
  expect: 'fetch refuses the Expect header',
  unix: 'fetch knows no unix sockets',
  userinfo: 'fetch refuses credentials in a URL',
  'raw-path': 'fetch normalises paths',
}

export const fetchClient = ({
  name,
  family,
  fetch,
  lacks = FETCH_LACKS,
  init,
  streamOf,
  never,
  close,
}: FetchClientOptions): FidelityClient => ({
  name,
  family,
  lacks,
  dialect: 'plain',
  send: (call) => viaFetch(fetch, call, init?.() ?? {}, streamOf ?? webStream),
  ...(never ? { never } : {}),
  ...(close ? { close } : {}),
})

async function viaFetch(
  fetchLike: FetchLike,
  call: Call,
  init: Record<string, unknown>,
  streamOf: (source: AsyncIterable<Uint8Array>) => unknown,
): Promise<View> {
  const controller = new AbortController()
  const signal = call.timeoutMs ? AbortSignal.timeout(call.timeoutMs) : controller.signal
  if (call.abort === 'before') controller.abort()
  if (call.abort === 'waiting') void sleep(WAIT_MS).then(() => controller.abort())
  const echo = call.duplex && echoing(call.duplex)
  const source = echo?.source ?? call.stream?.()
  try {
    const response = await fetchLike(call.url, {
      ...init,
      method: call.method,
      headers: call.headers.map(([name, value]) => [name, value]),
      signal,
      ...(call.body === undefined ? {} : { body: call.body }),
      ...(source ? { body: streamOf(source), duplex: 'half' } : {}),
    })
    if (call.abort === 'at-head') controller.abort()
    const read = await drain(response.body, (part) => {
      if (call.abort === 'in-body') controller.abort()
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

/** A body that waits, before each part but the first, until an answer to the one before has been read. */
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
