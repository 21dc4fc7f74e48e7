import { once } from 'node:events'
import net, { type AddressInfo } from 'node:net'
import tls from 'node:tls'

/** One request at a server, and its socket, on which a test writes the answer byte by byte. */
export interface Wire {
  readonly method: string
  /** The target in the request line. */
  readonly target: string
  /** The names are in lower case. */
  readonly headers: ReadonlyMap<string, string>
  /** Resolves with the complete body. */
  readonly body: Promise<Buffer>
  /** Calls back with each part of the body when it arrives. */
  onBody(listener: (part: Buffer) => void): void
  write(bytes: string | Uint8Array): boolean
  readonly socket: net.Socket
}

export interface WireServer {
  readonly port: number
  /** The request targets that have arrived. */
  readonly targets: readonly string[]
  close(): Promise<void>
}

export interface ListenOptions {
  readonly host?: string
  readonly path?: string
  readonly tls?: { readonly key: string; readonly cert: string }
}

/** A server that parses requests. `handler` writes every byte of the answer. It never keeps the process alive. */
export async function startWireServer(
  handler: (wire: Wire) => void | Promise<void>,
  { host = '127.0.0.1', path, tls: certificate }: ListenOptions = {},
): Promise<WireServer> {
  const open = new Set<net.Socket>()
  const targets: string[] = []
  const onSocket = (socket: net.Socket): void => {
    socket.unref()
    socket.setNoDelay(true)
    socket.on('error', () => {})
    readRequests(socket, (wire) => {
      targets.push(wire.target)
      Promise.resolve(handler(wire)).catch((error: unknown) => socket.destroy(error as Error))
    })
  }
  const track = (socket: net.Socket): void => {
    open.add(socket)
    socket.unref()
    socket.on('close', () => open.delete(socket))
  }
  const server = certificate ? tls.createServer(certificate, onSocket) : net.createServer(onSocket)
  // Counts TCP connections below TLS: one without a finished handshake would keep the server from closing.
  server.on('connection', track)
  server.on('tlsClientError', () => {})
  server.unref()
  if (path === undefined) server.listen(0, host)
  else server.listen(path)
  await once(server, 'listening')
  return {
    port: path === undefined ? (server.address() as AddressInfo).port : 0,
    targets,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of open) socket.destroy()
      }),
  }
}

/** The state of a connection's parser. */
interface Reading {
  readonly part: (bytes: Buffer) => void
  readonly end: () => void
  /** Missing bytes of the body or of the current chunk. */
  left: number
  readonly chunked: boolean
}

function readRequests(socket: net.Socket, onRequest: (wire: Wire) => void): void {
  let pending: Buffer = Buffer.alloc(0)
  let reading: Reading | undefined

  const head = (): boolean => {
    const end = pending.indexOf('\r\n\r\n')
    if (end === -1) return false
    const [line = '', ...lines] = pending.subarray(0, end).toString('latin1').split('\r\n')
    pending = pending.subarray(end + 4)
    const [method = '', target = ''] = line.split(' ')
    const headers = new Map(
      lines.map((one) => [
        one.slice(0, one.indexOf(':')).toLowerCase(),
        one.slice(one.indexOf(':') + 1).trim(),
      ]),
    )
    const listeners: ((part: Buffer) => void)[] = []
    const parts: Buffer[] = []
    const body = Promise.withResolvers<Buffer>()
    const chunked = headers.get('transfer-encoding')?.includes('chunked') ?? false
    reading = {
      chunked,
      left: chunked ? 0 : Number(headers.get('content-length') ?? 0),
      part(bytes) {
        parts.push(Buffer.from(bytes))
        for (const listener of listeners) listener(Buffer.from(bytes))
      },
      end: () => body.resolve(Buffer.concat(parts)),
    }
    onRequest({
      method,
      target,
      headers,
      body: body.promise,
      onBody: (listener) => void listeners.push(listener),
      write: (bytes) => !socket.destroyed && socket.write(bytes, 'latin1'),
      socket,
    })
    return true
  }

  const take = (state: Reading): void => {
    const bytes = pending.subarray(0, state.left)
    pending = pending.subarray(bytes.length)
    state.left -= bytes.length
    if (bytes.length > 0) state.part(bytes)
  }

  /** @returns whether the parser made progress */
  const step = (): boolean => {
    if (!reading) return head()
    if (reading.left > 0) {
      take(reading)
      return reading.left === 0
    }
    if (!reading.chunked) {
      reading.end()
      reading = undefined
      return true
    }
    const line = pending.subarray(0, 2).equals(Buffer.from('\r\n')) ? 2 : 0
    const end = pending.indexOf('\r\n', line)
    if (end === -1) return false
    const size = Number.parseInt(pending.subarray(line, end).toString('latin1'), 16)
    if (size > 0) {
      reading.left = size
      pending = pending.subarray(end + 2)
      return true
    }
    const last = pending.indexOf('\r\n\r\n', end)
    if (last === -1) return false
    pending = pending.subarray(last + 4)
    reading.end()
    reading = undefined
    return true
  }

  socket.on('data', (chunk: Buffer) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk])
    while (step());
  })
}
