import http, { STATUS_CODES, type IncomingMessage } from 'node:http'
import https from 'node:https'
import type { Duplex } from 'node:stream'

import { pairsOfFlat } from '../exchange/headers.ts'
import { flat, forServer } from './headers.ts'
import type { Destination } from './targets.ts'

/**
 * Opens a WebSocket, or another protocol of an `upgrade`, to the server, and joins the two connections.
 * @param failed called if the connection could not be made
 */
export function askForUpgrade(
  request: IncomingMessage,
  socket: Duplex,
  early: Buffer,
  { target, path }: Destination,
  failed: (error: Error) => void,
): void {
  const url = new URL(target.origin)
  const headers = forServer(pairsOfFlat(request.rawHeaders))
  const { request: ask } = url.protocol === 'https:' ? https : http
  const up = ask({
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? undefined : url.port,
    path,
    method: request.method,
    headers: [
      'host',
      url.host,
      'connection',
      'Upgrade',
      'upgrade',
      request.headers.upgrade ?? '',
      ...flat(headers),
    ],
    agent: false,
  })
  const left = (): void => void up.destroy()
  socket.on('error', left)
  socket.once('close', left)
  up.on('upgrade', (response, server, head) => {
    socket.off('close', left)
    write(socket, response)
    if (head.length > 0) socket.write(head)
    if (early.length > 0) server.write(early)
    server.on('error', () => socket.destroy())
    server.once('close', () => socket.destroy())
    socket.once('close', () => server.destroy())
    socket.pipe(server)
    server.pipe(socket)
  })
  up.on('response', (response) => {
    write(socket, response, 'close')
    response.pipe(socket)
  })
  up.on('error', failed)
  up.end()
}

/** Writes the head of a response as it came. Of a body whose length is not known, the end of the connection is the end. */
function write(
  socket: Duplex,
  { statusCode = 502, statusMessage = '', rawHeaders }: IncomingMessage,
  connection?: string,
): void {
  const pairs = pairsOfFlat(rawHeaders).filter(
    ([name]) => connection === undefined || !/^(?:connection|transfer-encoding|keep-alive)$/i.test(name),
  )
  const lines = [
    `HTTP/1.1 ${statusCode} ${statusMessage || (STATUS_CODES[statusCode] ?? '')}`,
    ...pairs.map(([name, value]) => `${name}: ${value}`),
    ...(connection === undefined ? [] : [`connection: ${connection}`]),
  ]
  socket.write(Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'))
}
