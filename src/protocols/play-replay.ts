import { once } from 'node:events'

import { defined } from '../base/defined.ts'
import type {
  Chunk,
  ExchangeFailure,
  ExchangeResponse,
  HeaderPairs,
  InformationalResponse,
} from '../exchange/exchange.ts'
import type { Replay } from '../exchange/gate.ts'
import { pace, stall } from './replay-pace.ts'

/** Writes a replayed response to a client by the rules of one protocol. */
export interface ReplaySink {
  /** Aborts when the client leaves. */
  readonly gone: AbortSignal
  /** True when nothing more may be sent. */
  readonly isOver: boolean
  /** Connects the client, if it is not connected yet. */
  connect(): void
  /** Resolves when the client can take the next chunk, or has left. */
  ready(): Promise<void>
  informational(response: InformationalResponse): void
  /**
   * @param chunks those of the body, without empty ones
   * @returns how many of `chunks` were sent together with the head
   */
  head(response: ExchangeResponse, chunks: readonly Chunk[]): number
  data(chunk: Uint8Array): void
  end(trailers: HeaderPairs): Promise<void> | void
  /** The transport fails, before or after the head. */
  fail(failure: ExchangeFailure): Promise<void> | void
  /** The server closes the connection before the response ends. */
  cut(): void
}

/** The replay of a response that was not recorded. */
export const replayOf = (response: ExchangeResponse): Replay => ({
  kind: 'replay',
  response,
  delayFactor: 0,
})

/**
 * Plays a recording into `sink`, with its delays, at the pace of the client. Returns early if the client leaves.
 * @throws the error of `replay.turn` if the client does not send what was recorded
 */
export async function playReplay(replay: Replay, sink: ReplaySink): Promise<void> {
  try {
    await play(replay, sink)
  } finally {
    replay.answered?.()
  }
}

async function play(replay: Replay, sink: ReplaySink): Promise<void> {
  const { response, failure, incomplete, delayFactor } = replay
  const { gone } = sink
  const turn = turns(replay, gone)
  /** Waits for the client's own part, then for requests of other exchanges while the recorded delay passes. */
  const due = async ({ after, since, delayMs }: Partial<Chunk>): Promise<void> => {
    await turn(after)
    if (since) replay.answered?.()
    const sent = since && replay.sent?.(since, gone)
    await pace(delayMs ?? 0, delayFactor, gone)
    if (!sent) return
    await sent
    await pace(0, 0, gone)
  }
  await turn(response?.after)
  for (const one of response?.informational ?? []) {
    // Without the delay of the head: an early hint must arrive early.
    await pace(0, 0, gone)
    if (gone.aborted) return
    sink.connect()
    sink.informational(one)
  }
  const { after, since, delayMs } = response ?? {}
  await due(defined({ after, since, delayMs }))
  if (!response && incomplete && !failure) {
    sink.connect()
    await hold(replay, gone)
  }
  if (gone.aborted) return
  if (!response) return failure ? sink.fail(failure) : sink.cut()
  sink.connect()
  const chunks = response.chunks.filter(({ data }) => data.byteLength > 0)
  const sent = sink.head(response, chunks)
  for (const chunk of chunks.slice(sent)) {
    await sink.ready()
    await due(chunk)
    if (gone.aborted) return
    sink.data(replay.render?.(chunk) ?? chunk.data)
  }
  if (sink.isOver) return
  await turn(response.endAfter)
  if (response.endSince) await due({ since: response.endSince })
  if (gone.aborted) return
  if (failure) return sink.fail(failure)
  if (!incomplete) return sink.end(response.trailers ?? [])
  await hold(replay, gone)
  if (!gone.aborted) sink.cut()
}

/** The recording ends before the response does: the client waits until it gives up. */
function hold({ answered, closed, waitedMs }: Replay, gone: AbortSignal): Promise<void> {
  answered?.()
  return closed ? closed(gone) : stall(gone, waitedMs)
}

/** `Replay.turn` that also resolves when the client leaves. */
function turns({ turn }: Replay, gone: AbortSignal): (after: number | undefined) => Promise<void> | void {
  if (!turn) return () => {}
  const left = once(gone, 'abort').then(() => {})
  return (after) => (gone.aborted ? undefined : Promise.race([turn(after), left]))
}
