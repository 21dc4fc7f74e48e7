import assert from 'node:assert/strict'
import type { RawData } from 'ws'

import { CassetteMiss, type CassetteOptions, withCassette } from '../../src/index.ts'
import { testBench } from '../helpers/cassette-folder.ts'
import { type Heard, type Line, SOCKET_CLIENTS, type SocketClient } from '../helpers/websocket-clients.ts'
import { type Serve, type SocketServer, startWebSocketServer } from '../helpers/websocket-server.ts'

export const textOf = (data: RawData): string => (data as Buffer).toString()

/** Answers each message with its number and itself. */
export const counting: Serve = (socket) => {
  let count = 0
  socket.on('message', (data, isBinary) => {
    count++
    socket.send(JSON.stringify({ type: 'answer', count, said: isBinary ? 'bytes' : textOf(data) }))
  })
}

/** An OpenAI event with a text of the user. */
export const item = (text: string, more: object = {}): string =>
  JSON.stringify({
    type: 'conversation.item.create',
    item: { type: 'message', role: 'user', content: [{ type: 'input_text', text }], ...more },
  })

/** Sends each message, waits for its answer, and closes. */
export async function say(line: Line, ...said: (string | Uint8Array)[]): Promise<Heard[]> {
  assert.equal((await line.next())[0], 'open')
  for (const one of said) {
    line.send(one)
    const [kind] = await line.next()
    if (kind === 'close' || kind === 'error') return [...(await line.closed)]
  }
  line.close(1000, 'done')
  return [...(await line.closed)]
}

export const [ws] = SOCKET_CLIENTS as readonly [SocketClient]

export async function missOf(run: Promise<unknown>): Promise<CassetteMiss> {
  const error = await run.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  assert.ok(error instanceof CassetteMiss, String(error))
  return error
}

export interface SocketBench {
  readonly server: SocketServer
  /** Starts another server in its place. */
  serve(...args: Parameters<typeof startWebSocketServer>): Promise<void>
  open(path?: string, client?: SocketClient): Line
  record<T>(fn: () => Promise<T>, options?: CassetteOptions): Promise<T>
  replay<T>(fn: () => Promise<T>, options?: CassetteOptions): Promise<T>
  path(name?: string): string
  /** The file's text. */
  read(): string
}

/** Gives every test of a suite a counting WebSocket server and a cassette. */
export function socketBench(): SocketBench {
  const { path, read } = testBench(() => {})
  let server: SocketServer | undefined
  const running = (): SocketServer => {
    if (!server) throw new Error('only inside a test')
    return server
  }
  const serve: SocketBench['serve'] = async (...args) => {
    await server?.close()
    server = await startWebSocketServer(...args)
  }
  beforeEach(() => serve(counting))
  afterEach(() => server?.close())
  return {
    get server() {
      return running()
    },
    serve,
    open: (at = '/chat', client = ws) => client.open(`${running().url}${at}`),
    record: (fn, options) => withCassette(path(), { mode: 'once', ...options }, fn),
    replay: (fn, options) => withCassette(path(), { mode: 'none', ...options }, fn),
    path,
    read: () => read() ?? '',
  }
}
