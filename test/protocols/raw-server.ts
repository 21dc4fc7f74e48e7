import { once } from 'node:events'
import net from 'node:net'
import type { AddressInfo } from 'node:net'

export interface RawServer {
  /** `http://127.0.0.1:PORT`, no slash at the end. */
  readonly url: string
  readonly port: number
  /** How many connections have been opened to it so far. */
  readonly connections: number
  /** How many request heads have arrived. */
  readonly requests: number
  /** Stops listening and cuts every connection. */
  close(): Promise<void>
}

/** Called at the end of each request's head; `head` is its text. */
export type Script = (socket: net.Socket, head: string) => void

/** Gives every test of a suite its own server. */
export function rawServerBench(script: Script): { readonly url: string; close(): Promise<void> } {
  let server: RawServer | undefined
  beforeEach(async () => {
    server = await startRawServer(script)
  })
  const close = async (): Promise<void> => server?.close()
  afterEach(close)
  return {
    get url() {
      return server?.url ?? ''
    },
    close,
  }
}

/** A server that sends the bytes a test wants, and counts connections. It never keeps the process alive. */
export async function startRawServer(script: Script): Promise<RawServer> {
  let connections = 0
  let requests = 0
  const open = new Set<net.Socket>()
  const server = net.createServer((socket) => {
    connections++
    open.add(socket)
    socket.unref()
    socket.on('error', () => {})
    socket.on('close', () => open.delete(socket))
    let seen = ''
    socket.on('data', (chunk) => {
      seen += chunk.toString('latin1')
      for (let end = seen.indexOf('\r\n\r\n'); end !== -1; end = seen.indexOf('\r\n\r\n')) {
        const head = seen.slice(0, end)
        seen = seen.slice(end + 4)
        if (!/^[A-Z]+ \S+ HTTP/.test(head)) continue
        requests++
        script(socket, head)
      }
    })
  })
  server.unref()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    get connections() {
      return connections
    },
    get requests() {
      return requests
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of open) socket.destroy()
      }),
  }
}
