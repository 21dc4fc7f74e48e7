import { type BodyPath, StoredBodyError } from '../stored-body-error.ts'
import {
  type Mapping,
  checkBase64,
  checkDelay,
  checkList,
  checkMapping,
  checkPayload,
} from '../stored-checks.ts'
import { isUtf8 } from 'node:buffer'
import type { BodyCodec } from '../codec.ts'
import { frameLength, parseFrame, renderFrame } from '../../wire/eventstream-frame.ts'
import { readJsonTexts } from '../json/texts.ts'
import { decodePayload, encodeBase64, looksBinary } from '../payload.ts'
import type { EventStreamBody, EventStreamEntry } from '../stored-body.ts'
import { storedDelay, Timeline } from '../timeline.ts'

/** `application/vnd.amazon.eventstream`, which Bedrock streams: one entry per message. Checksums are computed again. */
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

/** The whole frames. Everything from the first impossible length on is one piece. */
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

const INTEGER_BITS: Readonly<Record<string, number>> = {
  byte: 8,
  short: 16,
  integer: 32,
  long: 64,
  timestamp: 64,
}
const MAX_NAME_BYTES = 255
const MAX_VALUE_BYTES = 65_535

/** @throws {StoredBodyError} if the list under `eventstream` does not have its shape */
function checkEventStream(stored: Mapping): void {
  checkList(stored['eventstream'], ['eventstream'], 'a list of messages').forEach((value, index) => {
    const path = ['eventstream', index]
    const entry = checkMapping(value, path, 'a mapping with headers and a payload, or raw')
    checkDelay(entry, path)
    if (Object.hasOwn(entry, 'raw')) {
      checkBase64(entry['raw'], [...path, 'raw'])
      if (typeof entry['raw'] !== 'string')
        throw new StoredBodyError([...path, 'raw'], 'base64', entry['raw'])
      return
    }
    const headers = checkMapping(
      entry['headers'],
      [...path, 'headers'],
      'a mapping of header names to values',
    )
    for (const [name, header] of Object.entries(headers)) {
      if (Buffer.byteLength(name) > MAX_NAME_BYTES) {
        throw new StoredBodyError([...path, 'headers', name], 'a name of 255 bytes at most', header)
      }
      if (!isHeader(header)) throw headerError(header, [...path, 'headers', name])
    }
    checkPayload(entry, path)
  })
}

function headerError(header: unknown, path: BodyPath): StoredBodyError {
  const kinds = 'boolean, byte, short, integer, long, bytes, timestamp, uuid'
  return new StoredBodyError(path, `a string, or a mapping with one of ${kinds}`, header)
}

function isHeader(header: unknown): boolean {
  if (typeof header === 'string') return Buffer.byteLength(header) <= MAX_VALUE_BYTES
  if (typeof header !== 'object' || header === null) return false
  const entries: [string, unknown][] = Object.entries(header)
  const [[kind, value] = ['', undefined]] = entries
  if (entries.length !== 1) return false
  if (kind === 'boolean') return typeof value === 'boolean'
  if (kind === 'uuid')
    return typeof value === 'string' && /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)
  if (kind === 'bytes') return typeof value === 'string' && /^[A-Za-z0-9+/]*={0,2}$/.test(value)
  const bits = Object.hasOwn(INTEGER_BITS, kind) ? INTEGER_BITS[kind] : undefined
  if (bits === undefined) return false
  const decimal = bits === 64 ? value : typeof value === 'number' ? String(value) : undefined
  if (typeof decimal !== 'string' || !/^-?\d{1,19}$/.test(decimal)) return false
  return BigInt.asIntN(bits, BigInt(decimal)) === BigInt(decimal)
}
