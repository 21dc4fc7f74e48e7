import { Readable, Writable } from 'node:stream'
import { pipeline as pipe } from 'node:stream/promises'
import { bodyView, drain, entriesOf, errorView, pairsOf } from '../view.ts'
import type { Call, HeaderList, View } from '../types.ts'
import { aborting, type Aborting } from './aborting.ts'
import { echoing, type FetchLike } from './fetch-client.ts'
import { type BodyClasses, wholeBody } from './objects.ts'

export interface ResponseData {
  readonly statusCode: number
  readonly statusText?: string
  readonly headers: object
  readonly trailers: object
  readonly body: AsyncIterable<Uint8Array>
}
interface StreamHead {
  readonly statusCode: number
  readonly headers: object
  readonly opaque?: unknown
}
export type Options = Record<string, unknown>
export interface Requester {
  request(options: Options): Promise<ResponseData>
  destroy(): Promise<void>
}
/** The part of undici that 6, 7 and 8 share. */
export interface Undici {
  readonly fetch: FetchLike
  readonly FormData: BodyClasses['FormData']
  request(url: string, options: Options): Promise<ResponseData>
  stream(
    url: string,
    options: Options,
    factory: (head: StreamHead) => Writable,
  ): Promise<{ trailers: object }>
  pipeline(
    url: string,
    options: Options,
    handler: (head: StreamHead & { body: Readable }) => Readable,
  ): NodeJS.ReadWriteStream
  readonly Agent: new (options?: Options) => Requester
  readonly Pool: new (origin: string, options?: Options) => Requester
  readonly ProxyAgent: new (options: Options) => Requester
  readonly EnvHttpProxyAgent: new (options: Options) => Requester
}

const rawHeaders = (headers: unknown): HeaderList =>
  Array.isArray(headers) ? pairsOf(headers) : entriesOf(headers as object)

/** The FormData of Node, which the global dispatcher knows. */
export const NODES = FormData as BodyClasses['FormData']

function optionsOf(
  call: Call,
  FormData: BodyClasses['FormData'],
): { options: Options; abort: Aborting; echo: ReturnType<typeof echoing> | undefined } {
  const abort = aborting(call)
  const echo = call.duplex && echoing(call.duplex)
  const source = echo?.source ?? call.stream?.()
  const body = wholeBody(call, { FormData, Blob })
  return {
    abort,
    echo,
    options: {
      method: call.method,
      headers: call.headers.flatMap(([name, value]) => [name, value]),
      signal: call.timeoutMs ? AbortSignal.timeout(call.timeoutMs) : abort.signal,
      ...(body === undefined ? {} : { body }),
      ...(source ? { body: Readable.from(source) } : {}),
    },
  }
}

type Send = (options: Options) => Promise<ResponseData>

/** @param own the FormData that the dispatcher knows; the client may belong to another copy of undici */
export async function viaRequest(own: BodyClasses['FormData'], call: Call, send: Send): Promise<View> {
  const { options, abort, echo } = optionsOf(call, own)
  try {
    const interim: string[] = []
    const response = await send({
      ...options,
      responseHeaders: 'raw',
      onInfo: ({ statusCode, headers }: StreamHead) =>
        interim.push(`${statusCode} ${JSON.stringify(rawHeaders(headers))}`),
    })
    abort.atHead()
    const read = await drain(response.body, (part) => {
      abort.read()
      echo?.heard(part)
    })
    return {
      status: response.statusCode,
      ...(response.statusText === undefined ? {} : { reason: response.statusText }),
      headers: rawHeaders(response.headers),
      trailers: { ...response.trailers },
      result: { interim },
      ...read,
    }
  } catch (error) {
    return { error: errorView(error) }
  }
}

/** `undici.stream`: the body goes into a Writable of the program. */
export async function viaStream(undici: Undici, call: Call): Promise<View> {
  const { options, abort, echo } = optionsOf(call, NODES)
  const parts: Buffer[] = []
  let head: StreamHead | undefined
  try {
    const { trailers } = await undici.stream(call.url, options, (response) => {
      head = response
      abort.atHead()
      return new Writable({
        write(part: Buffer, _encoding, done) {
          parts.push(Buffer.from(part))
          abort.read()
          echo?.heard(parts.length)
          done()
        },
      })
    })
    return { ...viewOf(head), body: bodyView(parts), trailers: { ...trailers } }
  } catch (error) {
    return { ...viewOf(head), body: bodyView(parts), error: errorView(error) }
  }
}

const viewOf = (head: StreamHead | undefined): View =>
  head ? { status: head.statusCode, headers: entriesOf(head.headers) } : {}

/** `undici.pipeline`: a Duplex between the streams of the program. */
export async function viaPipeline(undici: Undici, call: Call): Promise<View> {
  const { options, abort, echo } = optionsOf(call, NODES)
  const { body: _, ...rest } = options
  const parts: Buffer[] = []
  let head: StreamHead | undefined
  const source = echo?.source ?? call.stream?.() ?? (call.body ? [call.body] : [])
  try {
    await pipe(
      Readable.from(source),
      undici.pipeline(call.url, rest, (response) => {
        head = response
        abort.atHead()
        return response.body
      }),
      new Writable({
        write(part: Buffer, _encoding, done) {
          parts.push(Buffer.from(part))
          abort.read()
          echo?.heard(parts.length)
          done()
        },
      }),
    )
    return { ...viewOf(head), body: bodyView(parts) }
  } catch (error) {
    return { ...viewOf(head), body: bodyView(parts), error: errorView(error) }
  }
}
