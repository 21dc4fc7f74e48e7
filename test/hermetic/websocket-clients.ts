import { Agent, WebSocket as UndiciSocket } from 'undici'
import { WebSocket as WsSocket, WebSocketServer } from 'ws'
import type http from 'node:http'

import { type Addresses, type Kind, told, type Traveller } from './traveller.ts'

/** Answers `stream` with three messages, `bye` with a close, and any other text with `answer to TEXT` as bytes. */
export function serveWebSockets(server: http.Server): void {
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', (socket) => {
    socket.on('error', () => {})
    socket.on('message', (data) => {
      const text = String(data as Buffer)
      if (text === 'bye') socket.close(1000, 'good-bye')
      else if (text === 'stream') for (const part of ['one', 'two', 'three']) socket.send(part)
      else socket.send(Buffer.from(`answer to ${text}`))
    })
  })
}

/** The part of a WebSocket that all these clients have. */
interface AnySocket {
  binaryType: string
  addEventListener(type: string, listener: (event: never) => void): void
  send(text: string): void
  close(code?: number): void
}

const textOf = (data: unknown): string =>
  typeof data === 'string' ? data : Buffer.from(data as ArrayBuffer).toString()

function talk(socket: AnySocket, kind: Kind): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>()
  const heard: string[] = []
  socket.binaryType = 'arraybuffer'
  socket.addEventListener('open', () => socket.send(kind === 'stream' ? 'stream' : kind))
  socket.addEventListener('message', ({ data }: { data: unknown }) => {
    heard.push(textOf(data))
    if (kind === 'aborted') socket.close()
    else if (kind !== 'stream' || heard.length === 3) socket.send('bye')
  })
  let failed = false
  socket.addEventListener('error', () => {
    failed = true
  })
  socket.addEventListener('close', ({ code }: { code: number }) =>
    resolve(told(failed ? { heard, error: [`closed ${code}`] } : { heard, code })),
  )
  return promise
}

const agents = new Map<string, Agent>()
function agentFor({ ca }: Addresses): Agent {
  const agent = agents.get(ca) ?? new Agent({ connect: { ca } })
  agents.set(ca, agent)
  return agent
}

const traveller = (
  name: string,
  open: (url: string, addresses: Addresses) => AnySocket,
  kinds: readonly Kind[],
): Traveller => ({
  name,
  family: 'WebSocket',
  kinds,
  ask: (kind, addresses) => {
    const url = `${kind === 'secure' ? addresses.wss : addresses.ws}/${kind}`
    return talk(open(url, addresses), kind)
  },
})

export const WEBSOCKET_TRAVELLERS: readonly Traveller[] = [
  traveller('ws', (url, { ca }) => new WsSocket(url, { ca }) as unknown as AnySocket, [
    'whole',
    'stream',
    'secure',
    'aborted',
  ]),
  traveller('global WebSocket', (url) => new WebSocket(url) as unknown as AnySocket, [
    'whole',
    'stream',
    'aborted',
  ]),
  traveller(
    'undici 8 WebSocket',
    (url, addresses) => new UndiciSocket(url, { dispatcher: agentFor(addresses) }) as unknown as AnySocket,
    ['whole', 'stream', 'secure', 'aborted'],
  ),
]
