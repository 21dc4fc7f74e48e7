import { once } from 'node:events'
import http from 'node:http'
import http2 from 'node:http2'
import type { AddressInfo, Server } from 'node:net'
import { WebSocketServer } from 'ws'

import type { Handler } from './server.ts'

/** Where a server writes events to. */
interface Channel {
  write(event: string): void
  end(event: string): void
}

/** How each kind of response carries an event. */
const KINDS: Readonly<Record<string, { type: string; render: (event: string) => string }>> = {
  sse: { type: 'text/event-stream', render: (event) => `data: ${event}\n\n` },
  lines: { type: 'application/x-ndjson', render: (event) => `${JSON.stringify({ event })}\n` },
  text: { type: 'text/plain', render: (event) => `${event};` },
}

/**
 * Answers `GET /KIND/NAME` with an open stream (`sse`, `lines`, `text`), `GET /poll/NAME` when the next event comes, and
 * `POST /push/NAME` by sending its body to the stream of that name. `POST /end/NAME` sends it as the last event. `/slow/NAME`
 * and `/v1/NAME` are answered after 20 ms.
 */
export class EventServer {
  readonly #channels = new Map<string, Channel>()
  readonly #held = new Map<string, string[]>()

  readonly handler: Handler = (request, response) => {
    const [, kind = '', name = ''] = request.path.split('/')
    if (kind === 'push' || kind === 'end') {
      response.end('pushed')
      this.#send(name, request.body.toString(), kind === 'end')
      return
    }
    if (kind === 'slow' || kind === 'v1') {
      response.setHeader('content-type', 'application/json')
      setTimeout(() => response.end('{}'), 20)
      return
    }
    const form = KINDS[kind]
    if (form) {
      response.writeHead(200, { 'content-type': form.type })
      response.write(form.render('open'))
    } else response.setHeader('content-type', 'application/json')
    const render = form?.render ?? ((event: string) => JSON.stringify({ event }))
    this.open(name, {
      write: (event) => (form ? response.write(render(event)) : response.end(render(event))),
      end: (event) => response.end(render(event)),
    })
  }

  open(name: string, channel: Channel): void {
    this.#channels.set(name, channel)
    for (const event of this.#held.get(name) ?? []) channel.write(event)
    this.#held.delete(name)
  }

  #send(name: string, event: string, isLast: boolean): void {
    const channel = this.#channels.get(name)
    if (!channel) this.#held.set(name, [...(this.#held.get(name) ?? []), event])
    else if (isLast) channel.end(event)
    else channel.write(event)
  }
}

export interface EventsServer {
  readonly url: string
  close(): Promise<void>
}

/** Serves the events of `server` over WebSockets at `/NAME`. */
export async function socketEvents(server: EventServer): Promise<EventsServer> {
  const listener = http.createServer()
  const sockets = new WebSocketServer({ server: listener })
  sockets.on('connection', (socket, request) => {
    socket.send('open')
    server.open((request.url ?? '').slice(1), {
      write: (event) => socket.send(event),
      end: (event) => {
        socket.send(event)
        socket.close(1000)
      },
    })
  })
  listener.on('connection', (socket) => socket.unref())
  listener.unref().listen(0, '127.0.0.1')
  await once(listener, 'listening')
  return {
    url: `ws://127.0.0.1:${(listener.address() as AddressInfo).port}`,
    async close() {
      for (const socket of sockets.clients) socket.terminate()
      await closed(listener)
    },
  }
}

/** Serves the events of `server` over HTTP/2 in clear text at `/NAME`. */
export async function http2Events(server: EventServer): Promise<EventsServer> {
  const sessions = new Set<http2.ServerHttp2Session>()
  const listener = http2.createServer()
  listener.on('session', (session) => sessions.add(session))
  listener.on('stream', (stream, headers) => {
    stream.on('error', () => {})
    stream.respond({ ':status': 200, 'content-type': 'application/octet-stream' })
    stream.write('open;')
    server.open((headers[':path'] ?? '').slice(1), {
      write: (event) => stream.write(`${event};`),
      end: (event) => stream.end(`${event};`),
    })
  })
  listener.unref().listen(0, '127.0.0.1')
  await once(listener, 'listening')
  return {
    url: `http://127.0.0.1:${(listener.address() as AddressInfo).port}`,
    async close() {
      for (const session of sessions) session.destroy()
      await closed(listener)
    },
  }
}

async function closed(server: Server): Promise<void> {
  server.close()
  await once(server, 'close')
}
