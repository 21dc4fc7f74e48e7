import { Agent, WebSocket as Undici8 } from 'undici'
import { Agent as Agent6, WebSocket as Undici6 } from 'undici6'
import { Agent as Agent7, WebSocket as Undici7 } from 'undici7'
import { WebSocket as Ws } from 'ws'

import { selfSigned } from './tls-certificate.ts'

/** The events of a WebSocket that a program sees. Bytes are hex. */
export type Heard =
  | readonly ['open', protocol: string]
  | readonly ['text' | 'binary', data: string]
  | readonly ['ping' | 'pong', data: string]
  | readonly ['close', code: number, reason: string]
  | readonly ['error', message: string]

/** A WebSocket of any client. */
export interface Line {
  /** All events so far, in order. */
  readonly heard: readonly Heard[]
  /** Resolves with the next event. */
  next(): Promise<Heard>
  /** Resolves with all events when the WebSocket has closed. */
  readonly closed: Promise<readonly Heard[]>
  send(data: string | Uint8Array): void
  close(code?: number, reason?: string): void
  /** Missing if the client cannot do this. */
  readonly ping?: (data: string) => void
  /** Destroys the connection. */
  readonly terminate?: () => void
}

export interface SocketClient {
  readonly name: string
  /** Whether a failed opening gives only an `error` event and no `close` event. */
  readonly endsWithError?: boolean
  open(url: string, protocols?: string[], headers?: Record<string, string>): Line
}

/** The key and certificate of the servers that the clients below trust. */
export const keys = selfSigned()

const hex = (data: Uint8Array): string => Buffer.from(data).toString('hex')

class Listened {
  readonly heard: Heard[] = []
  readonly #waiting: ((heard: Heard) => void)[] = []
  readonly #ended = Promise.withResolvers<readonly Heard[]>()
  #told = 0

  get closed(): Promise<readonly Heard[]> {
    return this.#ended.promise
  }

  hear(what: Heard): void {
    this.heard.push(what)
    const waiting = this.#waiting.shift()
    if (waiting) {
      this.#told++
      waiting(what)
    }
    if (what[0] === 'close') this.#ended.resolve(this.heard)
  }

  next(): Promise<Heard> {
    const [what] = this.heard.slice(this.#told)
    if (what) {
      this.#told++
      return Promise.resolve(what)
    }
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
    })
  }
}

const ws: SocketClient = {
  name: 'ws',
  open(url, protocols = [], headers = {}) {
    const listened = new Listened()
    const socket = new Ws(url, protocols, { ca: keys.cert, headers })
    socket.on('open', () => listened.hear(['open', socket.protocol]))
    socket.on('message', (data, isBinary) =>
      listened.hear(isBinary ? ['binary', hex(data as Buffer)] : ['text', (data as Buffer).toString('utf8')]),
    )
    socket.on('ping', (data) => listened.hear(['ping', data.toString()]))
    socket.on('pong', (data) => listened.hear(['pong', data.toString()]))
    socket.on('error', (error) => listened.hear(['error', error.message]))
    socket.on('close', (code, reason) => listened.hear(['close', code, reason.toString()]))
    return Object.assign(listened, {
      send: (data: string | Uint8Array) => socket.send(data),
      close: (code?: number, reason?: string) => socket.close(code, reason),
      ping: (data: string) => socket.ping(data),
      terminate: () => socket.terminate(),
    })
  },
}

const connect = { ca: keys.cert }
/** The version of undici in this Node. */
const builtIn = Number((process.versions as { undici?: string }).undici?.split('.')[0])
const agents: Readonly<Record<number, () => unknown>> = {
  6: () => new Agent6({ connect }),
  7: () => new Agent7({ connect }),
  8: () => new Agent({ connect }),
}

type Standard = typeof globalThis.WebSocket

/** A client with the WebSocket class of browsers. */
function standard(name: string, Socket: Standard, version: number): SocketClient {
  const dispatcher = agents[version]?.()
  return {
    name,
    endsWithError: version === 6,
    open(url, protocols = [], headers = {}) {
      const listened = new Listened()
      const options = { protocols, headers, ...(url.startsWith('wss') ? { dispatcher } : {}) }
      const socket = new Socket(url, options as unknown as string[])
      socket.binaryType = 'arraybuffer'
      socket.addEventListener('open', () => listened.hear(['open', socket.protocol]))
      socket.addEventListener('message', ({ data }: { data: unknown }) =>
        listened.hear(
          typeof data === 'string' ? ['text', data] : ['binary', hex(new Uint8Array(data as ArrayBuffer))],
        ),
      )
      socket.addEventListener('error', (event: object) =>
        listened.hear(['error', String(Reflect.get(event, 'message') ?? '')]),
      )
      socket.addEventListener('close', ({ code, reason }: { code: number; reason: string }) =>
        listened.hear(['close', code, reason]),
      )
      return Object.assign(listened, {
        send: (data: string | Uint8Array<ArrayBuffer>) => socket.send(data),
        close: (code?: number, reason?: string) => socket.close(code, reason),
      })
    },
  }
}

export const SOCKET_CLIENTS: readonly SocketClient[] = [
  ws,
  standard('global WebSocket', globalThis.WebSocket, builtIn),
  standard('undici 8', Undici8 as unknown as Standard, 8),
  standard('undici 7', Undici7 as unknown as Standard, 7),
  standard('undici 6', Undici6 as unknown as Standard, 6),
]
