import { channel } from 'node:diagnostics_channel'
import { Socket } from 'node:net'

import type { Dispatcher } from 'undici'

import { pairsOf } from './dispatch-handler.ts'

/** What undici publishes of a request, told of a request that undici never sees because it is answered here. */
export interface Published {
  /** The request is written, as far as the program can tell. */
  started(): void
  sent(body: Uint8Array | null): void
  head(status: number, headers: Buffer[], reason: string): void
  data(chunk: Uint8Array): void
  end(trailers: Buffer[]): void
  /** The request failed. Also called if the program gave it up. */
  error(error: Error): void
}

const create = channel('undici:request:create')
const sendHeaders = channel('undici:client:sendHeaders')
const bodyChunkSent = channel('undici:request:bodyChunkSent')
const bodySent = channel('undici:request:bodySent')
const headers = channel('undici:request:headers')
const bodyChunkReceived = channel('undici:request:bodyChunkReceived')
const trailers = channel('undici:request:trailers')
const error = channel('undici:request:error')

/** A request as undici's channels show it, with the properties that undici documents. */
export class PublishedRequest {
  readonly origin: unknown
  readonly path: string
  readonly method: string
  readonly body: unknown
  readonly headers: string[]
  completed = false
  aborted = false

  constructor(options: Dispatcher.DispatchOptions) {
    this.origin = options.origin
    this.path = options.path
    this.method = options.method ?? 'GET'
    this.body = options.body ?? null
    this.headers = pairsOf(options.headers).flat()
  }

  /** Called by those who trace requests. Nothing is sent, so it shows only in `headers`. */
  addHeader(name: string, value: string): this {
    this.headers.push(name, value)
    return this
  }
}

/** The head as undici would have written it. */
function headOf({ method, path, origin, headers: flat }: PublishedRequest): string {
  const lines = [`${method} ${path} HTTP/1.1`]
  const names = flat.filter((_, i) => i % 2 === 0).map((name) => name.toLowerCase())
  if (!names.includes('host')) lines.push(`host: ${URL.parse(String(origin))?.host ?? ''}`)
  lines.push('connection: keep-alive')
  for (let i = 0; i + 1 < flat.length; i += 2) lines.push(`${flat[i]}: ${flat[i + 1]}`)
  return `${lines.join('\r\n')}\r\n`
}

/** What `sendHeaders` tells. The parts are made for those who read them: most processes have no such observer. */
function sentHead(request: PublishedRequest): object {
  let socket: Socket | undefined
  return {
    request,
    get headers(): string {
      return headOf(request)
    },
    /** Who traces requests reads addresses of the socket. One that has never been connected has none. */
    get socket(): Socket {
      return (socket ??= new Socket())
    },
  }
}

/** Publishes that a request has begun. Call it in the async context in which the program made the request. */
export function publishRequest(options: Dispatcher.DispatchOptions): Published {
  const request = new PublishedRequest(options)
  let isOver = false
  create.publish({ request })
  return {
    started: () => sendHeaders.publish(sentHead(request)),
    sent(body) {
      if (isOver) return
      if (body !== null) bodyChunkSent.publish({ request, chunk: body })
      bodySent.publish({ request })
    },
    head: (statusCode, raw, statusText) =>
      headers.publish({ request, response: { statusCode, headers: raw, statusText } }),
    data: (chunk) => bodyChunkReceived.publish({ request, chunk }),
    end(raw) {
      isOver = true
      request.completed = true
      trailers.publish({ request, trailers: raw })
    },
    error(cause) {
      if (isOver) return
      isOver = true
      request.aborted = true
      error.publish({ request, error: cause })
    },
  }
}
