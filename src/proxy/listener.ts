import http from 'node:http'
import http2 from 'node:http2'
import net, { type AddressInfo, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'

import { nextTurn, timer } from '../clock.ts'
import { CassetteOptionError } from '../errors/cassette-option-error.ts'
import { type Client, http1Client, http2Client } from './client.ts'

/** What a listener does with requests. */
export interface Handlers {
  request(client: Client): void
  upgrade(request: http.IncomingMessage, socket: Duplex, early: Buffer): void
}

export interface Listener {
  readonly port: number
  /** Stops listening, lets open requests end for `graceMs`, and cuts those that have not ended by then. */
  close(graceMs: number): Promise<void>
}

const HTTP2_PREFACE = Buffer.from('PRI ')

/** Listens for HTTP/1.1 and, on the same port, HTTP/2 without TLS, as gRPC clients speak it. */
export async function listen(host: string, port: number, handlers: Handlers): Promise<Listener> {
  const sockets = new Map<Duplex, number>()
  const sessions = new Set<http2.ServerHttp2Session>()
  let isClosing = false
  /** Counts the open requests of a connection: one without any is closed when the proxy stops. */
  const count = (socket: Duplex, by: number): void => {
    const open = (sockets.get(socket) ?? 0) + by
    if (sockets.has(socket)) sockets.set(socket, open)
    if (isClosing && open === 0) socket.destroy()
  }
  // A model may think for longer than Node's limits allow.
  const http1 = http.createServer({ requestTimeout: 0, keepAliveTimeout: 75_000, maxHeaderSize: 1 << 17 })
  http1.timeout = 0
  http1.on('request', (request, response) => {
    const { socket } = request
    count(socket, 1)
    response.once('close', () => count(socket, -1))
    handlers.request(http1Client(request, response))
  })
  http1.on('upgrade', (request, socket, head) => {
    socket.on('error', () => {})
    count(socket, 1)
    handlers.upgrade(request, socket, head)
  })
  http1.on('connect', (_request, socket) => {
    socket.end('HTTP/1.1 405 Method Not Allowed\r\nconnection: close\r\ncontent-length: 0\r\n\r\n')
  })
  http1.on('clientError', (_error, socket) => {
    if (socket.writable)
      socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n')
    else socket.destroy()
  })
  const h2 = http2.createServer({ unknownProtocolTimeout: 0 })
  h2.on('stream', (stream, headers, _flags, ...rest: unknown[]) => {
    const raw = (rest[0] as readonly string[] | undefined) ?? []
    handlers.request(http2Client(stream, headers, raw))
  })
  h2.on('sessionError', () => {})
  h2.on('session', (session) => {
    sessions.add(session)
    session.once('close', () => sessions.delete(session))
  })

  const server = net.createServer((socket: Socket) => {
    sockets.set(socket, 0)
    socket.once('close', () => sockets.delete(socket))
    socket.on('error', () => {})
    socket.once('data', (first: Buffer) => {
      socket.pause()
      socket.unshift(first)
      const isHttp2 = HTTP2_PREFACE.equals(first.subarray(0, HTTP2_PREFACE.length))
      if (isHttp2) sockets.set(socket, 1)
      ;(isHttp2 ? h2 : http1).emit('connection', socket)
      if (!isHttp2) nextTurn(() => socket.resume())
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(problem(error, host, port)))
    server.listen(port, host, resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    close: (graceMs) =>
      new Promise((resolve) => {
        const cut = timer(() => {
          for (const socket of sockets.keys()) socket.destroy()
        }, graceMs)
        isClosing = true
        server.close(() => {
          cut.stop()
          resolve()
        })
        for (const session of sessions) session.close()
        for (const [socket, open] of sockets) if (open === 0) socket.destroy()
      }),
  }
}

function problem(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code === 'EADDRINUSE')
    return new CassetteOptionError('port', 'a port that is free, or 0 for any', `${port}, which is in use`)
  if (error.code === 'EACCES')
    return new CassetteOptionError('port', 'a port that this user may open', String(port))
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND')
    return new CassetteOptionError('host', 'an address of this machine', host)
  return error
}
