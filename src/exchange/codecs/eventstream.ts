import { isUtf8 } from 'node:buffer'
import type { BodyCodec } from '../body/body-codec.ts'
import { frameLength, parseFrame, renderFrame } from '../eventstream-frame.ts'
import { readJsonTexts } from '../json-texts.ts'
import { decodePayload, encodeBase64, looksBinary } from '../body/payload.ts'
import type { EventStreamBody, EventStreamEntry } from '../body/stored-body.ts'
import { storedDelay, Timeline } from '../body/timeline.ts'
import { checkEventStream } from './eventstream-check.ts'

/** `application/vnd.amazon.eventstream`, as Bedrock streams: one entry per message, checksums recomputed. */
export const eventStreamCodec: BodyCodec<EventStreamBody> = {
  form: 'eventstream',

  encode(source) {
    const frames = splitFrames(source.bytes)
    const parsed = frames.map(parseFrame)
    if (parsed.every((frame) => frame === undefined)) return undefined
    const { entries: payloads } = readJsonTexts(
      parsed.map((frame) =>
        frame !== undefined && startsJson(frame.payload) ? frame.payload.toString() : undefined,
      ),
    )
    const timeline = new Timeline(source.chunks)
    let end = 0
    const entries = frames.map((bytes, index): EventStreamEntry => {
      end += bytes.length
      const delay = storedDelay(timeline.delayUntil(end))
      const frame = parsed[index]
      if (frame !== undefined) {
        const payload = payloads[index] ?? plainPayload(frame.payload)
        const entry = { ...delay, headers: frame.headers, ...payload }
        if (renderEntry(entry).equals(bytes)) return entry
      }
      return { ...delay, raw: bytes.toString('base64') }
    })
    return { eventstream: entries }
  },

  *decode(stored) {
    for (const entry of stored.eventstream) yield { data: renderEntry(entry), delayMs: entry.delay_ms ?? 0 }
  },

  check: checkEventStream,
}

/** Whole frames; from the first length that makes no sense on, the rest is one piece. */
function splitFrames(bytes: Buffer): Buffer[] {
  const frames: Buffer[] = []
  for (let start = 0; start < bytes.length;) {
    const rest = bytes.subarray(start)
    const frame = rest.subarray(0, frameLength(rest) ?? rest.length)
    frames.push(frame)
    start += frame.length
  }
  return frames
}

function renderEntry(entry: EventStreamEntry): Buffer {
  if ('raw' in entry) return Buffer.from(entry.raw, 'base64')
  return renderFrame(entry.headers, decodePayload(entry))
}

function startsJson(payload: Buffer): boolean {
  return (payload[0] === 0x7b || payload[0] === 0x5b) && isUtf8(payload)
}

function plainPayload(payload: Buffer): { text: string } | { base64: string | string[] } {
  const text = isUtf8(payload) ? payload.toString('utf8') : undefined
  return text === undefined || looksBinary(text) ? { base64: encodeBase64(payload) } : { text }
}
