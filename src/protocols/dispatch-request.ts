import type { IncomingRequest } from '../exchange/answer.ts'
import type { HeaderPairs } from '../exchange/types.ts'
import { type BodyCollector, collectBody } from './body-collector.ts'
import { pairsOf } from './dispatch-handler.ts'

/** What undici's `dispatch(options, handler)` is called with, as far as it is used here. */
export interface DispatchOptions {
  origin?: string | URL
  path: string
  method?: string
  query?: Record<string, unknown>
  headers?: unknown
  body?: unknown
  upgrade?: unknown
}

export interface DispatchedRequest {
  readonly incoming: IncomingRequest
  /** Gathers the body while it is forwarded; absent where it is known, or was read for matching. */
  upload(): BodyCollector | undefined
  /** The options to forward: the body replaced where reading it used it up. */
  options(): DispatchOptions
}

const withQuery = (path: string, query: Record<string, unknown> | undefined): string => {
  if (!query) return path
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query))
    for (const one of Array.isArray(value) ? value : [value]) search.append(name, String(one))
  const text = search.toString()
  return text === '' ? path : `${path}?${text}`
}

const isByteSource = (body: unknown): body is AsyncIterable<unknown> | Iterable<unknown> =>
  typeof body === 'object' && body !== null && (Symbol.asyncIterator in body || Symbol.iterator in body)

const bytesOf = (chunk: unknown): Uint8Array => {
  if (typeof chunk === 'string') return Buffer.from(chunk)
  if (ArrayBuffer.isView(chunk)) return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
  if (chunk instanceof ArrayBuffer) return Buffer.from(chunk)
  throw new TypeError('a request body chunk is neither text nor bytes')
}

/** Bodies that can be read any number of times, and what reading them gives. */
async function readReusable(
  body: unknown,
): Promise<{ bytes: Uint8Array | null; contentType?: string } | undefined> {
  if (body === undefined || body === null) return { bytes: null }
  if (typeof body === 'string' || ArrayBuffer.isView(body) || body instanceof ArrayBuffer)
    return { bytes: bytesOf(body) }
  const tag = Object.prototype.toString.call(body)
  if (tag === '[object Blob]' || tag === '[object File]' || tag === '[object FormData]') {
    const response = new Response(body as Blob | FormData)
    const contentType = response.headers.get('content-type')
    return { bytes: new Uint8Array(await response.arrayBuffer()), ...(contentType ? { contentType } : {}) }
  }
  return undefined
}

/** The request of a dispatch call. Nothing of a streamed body is read before somebody asks for it. */
export function dispatchedRequest(options: DispatchOptions): DispatchedRequest {
  const headers = pairsOf(options.headers).map(([name, value]) => [name, value] as [string, string])
  let consumed: Uint8Array[] | undefined
  let pending: Promise<Uint8Array | null> | undefined
  let collector: BodyCollector | undefined

  async function read(): Promise<Uint8Array | null> {
    const reusable = await readReusable(options.body)
    if (reusable) {
      if (reusable.contentType && !headers.some(([name]) => name.toLowerCase() === 'content-type'))
        headers.push(['content-type', reusable.contentType])
      return reusable.bytes
    }
    if (!isByteSource(options.body)) return null
    consumed = []
    for await (const chunk of options.body) consumed.push(bytesOf(chunk))
    return consumed.length === 0 ? null : Buffer.concat(consumed)
  }

  return {
    incoming: {
      method: (options.method ?? 'GET').toUpperCase(),
      url: `${String(options.origin).replace(/\/$/, '')}${withQuery(options.path, options.query)}`,
      headers: headers as HeaderPairs,
      body: () => (pending ??= collector ? collector.done : read()),
    },
    upload() {
      if (pending) return undefined
      return (collector ??= collectBody())
    },
    options() {
      const chunks = consumed
      if (!chunks) return options
      // Yielded again chunk by chunk, so that the framing on the wire stays what the client chose.
      const again = async function* (): AsyncGenerator<Uint8Array> {
        yield* chunks
      }
      return { ...options, body: again() }
    },
  }
}
