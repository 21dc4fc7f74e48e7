import type { Readable } from 'node:stream'

import type { Dispatcher } from 'undici'

import { defined } from '../../base/defined.ts'
import type { IncomingRequest } from '../../exchange/gate.ts'
import { BodyGatherer } from '../../exchange/body-gatherer.ts'
import { toError } from '../../base/to-error.ts'
import { pairsOf } from './dispatch-handler.ts'
import { unixUrl } from '../connection/unix-socket.ts'

export interface DispatchedRequest {
  readonly incoming: IncomingRequest
  /**
   * The options to forward. If matching has consumed a streamed body, its buffered chunks are sent. Otherwise, when
   * recording, the body is sent through a tee.
   */
  forwarded(recorded: boolean): Dispatcher.DispatchOptions
  /** The exchange is over: a streamed body that has not ended by now counts as failed. */
  ended(): void
}

const withQuery = (path: string, query: Record<string, unknown> | undefined): string => {
  if (!query) return path
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query))
    for (const one of Array.isArray(value) ? value : [value]) search.append(name, String(one))
  const text = search.toString()
  return text === '' ? path : `${path}?${text}`
}

/** undici sends the chunks of any async iterable, although its types allow streams only. */
const asBody = (chunks: AsyncIterable<Uint8Array>): Readable => chunks as unknown as Readable

const isByteSource = (body: unknown): body is AsyncIterable<unknown> | Iterable<unknown> =>
  typeof body === 'object' && body !== null && (Symbol.asyncIterator in body || Symbol.iterator in body)

const bytesOf = (chunk: unknown): Uint8Array => {
  if (typeof chunk === 'string') return Buffer.from(chunk)
  if (ArrayBuffer.isView(chunk)) return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
  if (chunk instanceof ArrayBuffer) return Buffer.from(chunk)
  throw new TypeError('a request body chunk is neither text nor bytes')
}

const isFetchBody = (body: unknown): body is Blob | FormData =>
  /^\[object (Blob|File|FormData)\]$/.test(Object.prototype.toString.call(body))

/** Whether reading a body does not consume it. */
const isReusable = (body: unknown): boolean =>
  body === undefined ||
  body === null ||
  typeof body === 'string' ||
  ArrayBuffer.isView(body) ||
  body instanceof ArrayBuffer ||
  isFetchBody(body)

async function readReusable(body: unknown): Promise<{ bytes: Uint8Array | null; contentType?: string }> {
  if (body === undefined || body === null) return { bytes: null }
  if (!isFetchBody(body)) return { bytes: bytesOf(body) }
  const response = new Response(body)
  const contentType = response.headers.get('content-type') ?? undefined
  return { bytes: new Uint8Array(await response.arrayBuffer()), ...defined({ contentType }) }
}

function urlOf({ origin, path, query }: Dispatcher.DispatchOptions, socketPath: string | undefined): string {
  const host = String(origin).replace(/\/$/, '')
  const url = `${host}${withQuery(path, query)}`
  return socketPath === undefined ? url : unixUrl(url, { path: socketPath, host: new URL(host).hostname })
}

/**
 * The request of a dispatch call. A streamed body is read only when somebody asks for it.
 * @param socketPath the unix socket to which the dispatcher connects, whatever the origin
 * @param reading called before a streamed body is read for matching
 */
export function dispatchedRequest(
  options: Dispatcher.DispatchOptions,
  socketPath: string | undefined,
  reading: () => void,
): DispatchedRequest {
  const headers = pairsOf(options.headers).map(([name, value]) => [name, value] as [string, string])
  const { body } = options
  const incoming = {
    method: (options.method ?? 'GET').toUpperCase(),
    url: urlOf(options, socketPath),
    headers,
  }
  if (isReusable(body) || !isByteSource(body)) {
    let pending: Promise<Uint8Array | null> | undefined
    return {
      incoming: { ...incoming, body: () => (pending ??= wholeBody(body, headers)) },
      forwarded: () => options,
      ended() {},
    }
  }
  const gatherer = new BodyGatherer()
  let pulled = false
  const pull = (): Promise<Uint8Array | null> => {
    if (!pulled) {
      pulled = true
      reading()
      void collect(body, gatherer)
    }
    return gatherer.whole
  }
  return {
    incoming: { ...incoming, body: pull, follow: (listener) => gatherer.follow(listener) },
    forwarded(recorded) {
      if (pulled) return { ...options, body: asBody(gatherer.chunks()) }
      // From here on undici reads the body.
      pulled = true
      return recorded ? { ...options, body: asBody(teed(body, gatherer)) } : options
    },
    ended: () => gatherer.fail(new Error('the exchange was over before the end of the request')),
  }
}

async function wholeBody(body: unknown, headers: [string, string][]): Promise<Uint8Array | null> {
  if (!isReusable(body)) return null
  const { bytes, contentType } = await readReusable(body)
  if (contentType && !headers.some(([name]) => name.toLowerCase() === 'content-type'))
    headers.push(['content-type', contentType])
  return bytes
}

async function collect(
  body: AsyncIterable<unknown> | Iterable<unknown>,
  gatherer: BodyGatherer,
): Promise<void> {
  try {
    for await (const chunk of body) gatherer.data(bytesOf(chunk))
    gatherer.end()
  } catch (error) {
    gatherer.fail(toError(error))
  }
}

/** @remarks Not undici's `onBodySent`: it is lost between different versions of undici. */
async function* teed(
  body: AsyncIterable<unknown> | Iterable<unknown>,
  gatherer: BodyGatherer,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of body) {
      const bytes = bytesOf(chunk)
      gatherer.data(Buffer.from(bytes))
      yield bytes
    }
    gatherer.end()
  } catch (error) {
    gatherer.fail(toError(error))
    throw error
  } finally {
    // The reader may have stopped early: the upload ends with what was sent.
    gatherer.fail(new Error('the upload was stopped'))
  }
}
