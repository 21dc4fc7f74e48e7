import type { IncomingRequest, Replay, Tap } from '../../exchange/gate.ts'
import { closeReason } from '../../exchange/wire/close-reason.ts'
import type { ExchangeResponse, FrameContent } from '../../exchange/exchange.ts'
import { errorOf } from '../failure.ts'
import { type Connection, send } from '../connection/connection.ts'
import { isUndecided } from '../internals/interceptors.ts'
import { headBytes } from '../connection/response-bytes.ts'
import { pace } from '../replay-pace.ts'
import { frameBytes, FrameReader } from './frames.ts'
import { withAccept } from './handshake.ts'
import { readWebSocket } from './recording.ts'

/** Records the response to the opening request and then the frames of both sides. Call it before the passthrough. */
export function recordWebSocket(
  connection: Connection,
  { headers }: IncomingRequest,
  tap: Tap,
  opening: Tap,
): ReturnType<typeof readWebSocket> {
  // Without the offer no side compresses: the recorded frames are plain.
  connection.withhold('sec-websocket-extensions')
  const reader = readWebSocket(headers, tap, opening)
  connection.socket.on('data', (chunk: Buffer) => reader.said(chunk))
  return reader
}

/** How long the client has to answer a close frame, ms. */
const CLOSE_MS = 1000
const POLICY_VIOLATION = 1008
const GOING_AWAY = 1001

/** The replay of a recorded WebSocket. */
export interface WebSocketReplay extends Replay {
  readonly response: ExchangeResponse
  readonly script: NonNullable<Replay['script']>
}

export const isWebSocketReplay = (replay: Replay): replay is WebSocketReplay =>
  replay.response !== undefined && replay.script !== undefined

/** Plays the server's side of a recorded WebSocket on a claimed socket. */
export async function playWebSocket(
  connection: Connection,
  { headers }: IncomingRequest,
  { response, script, failure, delayFactor, sent, answered }: WebSocketReplay,
): Promise<void> {
  const { socket, control } = connection
  const gone = new AbortController()
  const left = (): void => {
    gone.abort()
    script.left()
  }
  if (socket.destroyed) return left()
  socket.once('close', left)
  const closed = Promise.withResolvers<void>()
  const write = (frame: FrameContent): Promise<void> => send(connection, frameBytes(frame), gone.signal)
  const client = new FrameReader('client', (frame) => {
    if (frame.kind === 'ping') void write({ kind: 'pong', data: frame.data })
    script.said(frame)
    if (frame.kind === 'close') closed.resolve()
  })

  const others = sent?.(response.since, gone.signal)
  await pace(response.delayMs, delayFactor, gone.signal)
  await others
  if (gone.signal.aborted) return
  if (isUndecided(control)) control.claim()
  socket.on('data', (chunk: Buffer) => client.write(chunk))
  const head = headBytes({ ...response, headers: withAccept(response.headers, headers) })
  await send(connection, head, gone.signal)
  answered?.()
  let isClosing = false
  try {
    for (;;) {
      const frame = await script.next()
      // At least one macrotask: some clients lose a frame that comes together with the head or with the frame before
      // it.
      await pace(0, 0, gone.signal)
      if (gone.signal.aborted) return
      if (!frame) break
      isClosing ||= frame.kind === 'close'
      await write(frame)
    }
  } catch (error) {
    if (gone.signal.aborted) return
    isClosing = true
    await write(closeFor(error))
  }
  if (isClosing) await Promise.race([closed.promise, pace(CLOSE_MS, 1, gone.signal)])
  if (gone.signal.aborted) return
  if (failure && !isClosing) return void socket.destroy(errorOf(failure))
  socket.end()
  await pace(CLOSE_MS, 1, gone.signal)
  socket.destroy()
}

function closeFor(error: unknown): FrameContent {
  const { message, code } = error instanceof Error ? (error as Error & { code?: string }) : { message: '' }
  const [reason = ''] = message.split('\n')
  return {
    kind: 'close',
    code: code === 'CASSETTE_CLOSED' ? GOING_AWAY : POLICY_VIOLATION,
    reason: closeReason(reason),
  }
}
