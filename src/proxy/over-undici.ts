import { type Dispatcher, getGlobalDispatcher } from 'undici'

import type { HeaderPairs } from '../exchange/exchange.ts'
import { pairsOfFlat } from '../exchange/headers.ts'
import type { Client } from './client.ts'
import { flat, forClient, forServer } from './headers.ts'
import type { Destination } from './targets.ts'

/** What a way to a server is told. */
export interface Passing {
  readonly client: Client
  readonly destination: Destination
  /** The proxy's URL of the target, for redirects. */
  readonly proxyUrl: string
  /** Called if the request fails before its response has begun. */
  readonly failed: (error: Error) => void
}

const pairsOfRaw = (raw: unknown): HeaderPairs =>
  Array.isArray(raw) ? pairsOfFlat(raw.map((part: unknown) => textOf(part))) : []

const textOf = (part: unknown): string => (Buffer.isBuffer(part) ? part.toString('latin1') : String(part))

/** Asks a server with undici, over HTTP/1.1, or over HTTP/2 if the server chooses that. Follows no redirect. */
export function askOverUndici({ client, destination, proxyUrl, failed }: Passing): void {
  const { target, path } = destination
  let controller: Dispatcher.DispatchController | undefined
  let hasLeft = false
  client.onGone(() => {
    hasLeft = true
    controller?.abort(new Error('the client left'))
  })
  client.onDrain(() => controller?.resume())
  const handler: Dispatcher.DispatchHandler = {
    onRequestStart(given) {
      controller = given
      if (hasLeft) given.abort(new Error('the client left'))
    },
    onResponseStart({ rawHeaders }, status, _headers, reason) {
      const headers = pairsOfRaw(rawHeaders)
      if (status < 200) return client.informational(status, headers)
      client.head(status, reason ?? '', forClient(headers, `${target.origin}${target.basePath}`, proxyUrl))
    },
    onResponseData(given, chunk) {
      if (!client.write(chunk)) given.pause()
    },
    onResponseEnd({ rawTrailers }) {
      client.end(pairsOfRaw(rawTrailers))
    },
    onResponseError(_given, error) {
      if (hasLeft) return
      if (client.hasHead) client.cut()
      else failed(error)
    },
  }
  getGlobalDispatcher().dispatch(
    {
      origin: target.origin,
      path,
      method: client.method,
      headers: flat(forServer(client.headers)),
      body: client.body,
      // The client decides how long it waits.
      headersTimeout: 0,
      bodyTimeout: 0,
    },
    handler,
  )
}
