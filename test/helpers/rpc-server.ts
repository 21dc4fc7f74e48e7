import { gzipSync } from 'node:zlib'

import type { Handler } from './server.ts'

interface Rpc {
  readonly id?: number | string
  readonly method?: string
  readonly params?: { readonly _meta?: { readonly progressToken?: number | string } }
}

/** What a server says to one message: progress if that was asked for, and the answer. */
export function rpcAnswers({ id, method, params }: Rpc): object[] {
  if (id === undefined || method === undefined) return []
  const progressToken = params?._meta?.progressToken
  const progress =
    progressToken === undefined
      ? []
      : [{ jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken, progress: 1 } }]
  return [
    ...progress,
    method === 'fail'
      ? { jsonrpc: '2.0', id, error: { code: -1, message: 'no', data: { id } } }
      : { result: { method, id: 'own' }, id, jsonrpc: '2.0' },
  ]
}

/**
 * Answers JSON-RPC in the form that the path names: `/json`, `/batch`, `/sse` (one write for each message), `/whole` (an event
 * stream with its length), `/gzip` (a compressed one), `/lines`.
 */
export const rpcHandler: Handler = ({ path, body }, response) => {
  const asked = JSON.parse(body.toString()) as Rpc | Rpc[]
  const said = [asked].flat().flatMap(rpcAnswers)
  const events = said.map((one) => `event: message\ndata: ${JSON.stringify(one)}\n\n`)
  switch (path) {
    case '/sse':
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      for (const event of events) response.write(event)
      response.end()
      return
    case '/whole':
      response.setHeader('content-type', 'text/event-stream').end(events.join(''))
      return
    case '/gzip':
      response.writeHead(200, { 'content-type': 'text/event-stream', 'content-encoding': 'gzip' })
      response.end(gzipSync(events.join('')))
      return
    case '/lines':
      response.writeHead(200, { 'content-type': 'application/x-ndjson' })
      response.end(said.map((one) => `${JSON.stringify(one)}\n`).join(''))
      return
    default:
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(Array.isArray(asked) ? said : said.at(-1)))
  }
}
