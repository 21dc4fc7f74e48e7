import type { Delayed, StoredBody, WebSocketEntry } from './stored-body.ts'

/**
 * The body without its delays. A `delay_ms` inside the data stays. Two recordings of the same traffic are then equal, however
 * fast the network was, so a new recording can keep the former delays, and the file does not change.
 */
export function withoutDelays(stored: StoredBody): StoredBody {
  if ('sse' in stored) return { ...stored, sse: stored.sse.map(withoutDelay) }
  if ('ndjson' in stored) return { ...stored, ndjson: stored.ndjson.map(withoutDelay) }
  if ('eventstream' in stored) return { ...stored, eventstream: stored.eventstream.map(withoutDelay) }
  if ('grpc' in stored) return { ...stored, grpc: stored.grpc.map(withoutDelay) }
  if ('websocket' in stored) return { ...stored, websocket: stored.websocket.map(withoutFrameDelay) }
  return withoutDelay(stored)
}

function withoutFrameDelay(entry: WebSocketEntry): WebSocketEntry {
  return 'server' in entry ? { server: withoutDelay(entry.server) } : entry
}

function withoutDelay<Entry extends Delayed>(entry: Entry): Entry {
  const rest = { ...entry }
  delete (rest as { delay_ms?: number }).delay_ms
  return rest
}
