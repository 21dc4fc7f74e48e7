import { crc32 } from 'node:zlib'
import { parseHeaders, renderHeaders, type EventStreamHeader } from './eventstream-headers.ts'

// Layout of a message (Smithy, "Amazon Event Stream specification"; integers big-endian): total length, headers
// length, CRC-32 of those eight bytes, headers, payload, CRC-32 of all before.
const PRELUDE_BYTES = 12
const CHECKSUM_BYTES = 4
const OVERHEAD_BYTES = PRELUDE_BYTES + CHECKSUM_BYTES

export type FrameHeaders = { readonly [name: string]: EventStreamHeader }

export interface Frame {
  readonly headers: FrameHeaders
  readonly payload: Buffer
}

/** The length in bytes of the message that begins here; `undefined`: it is cut short, or its prelude is wrong. */
export function frameLength(bytes: Buffer): number | undefined {
  if (bytes.length < OVERHEAD_BYTES) return undefined
  const total = bytes.readUInt32BE(0)
  const known =
    total >= OVERHEAD_BYTES && total <= bytes.length && crc32(bytes.subarray(0, 8)) === bytes.readUInt32BE(8)
  return known ? total : undefined
}

/** `undefined`: not a well-formed message, or its headers cannot be a mapping. */
export function parseFrame(bytes: Buffer): Frame | undefined {
  if (frameLength(bytes) !== bytes.length) return undefined
  const end = bytes.length - CHECKSUM_BYTES
  if (crc32(bytes.subarray(0, end)) !== bytes.readUInt32BE(end)) return undefined
  const payloadStart = PRELUDE_BYTES + bytes.readUInt32BE(4)
  if (payloadStart > end) return undefined
  const headers = parseHeaders(bytes.subarray(PRELUDE_BYTES, payloadStart))
  return headers && { headers, payload: bytes.subarray(payloadStart, end) }
}

export function renderFrame(headers: FrameHeaders, payload: Buffer): Buffer {
  const head = renderHeaders(headers)
  const frame = Buffer.alloc(OVERHEAD_BYTES + head.length + payload.length)
  frame.writeUInt32BE(frame.length, 0)
  frame.writeUInt32BE(head.length, 4)
  frame.writeUInt32BE(crc32(frame.subarray(0, 8)), 8)
  head.copy(frame, PRELUDE_BYTES)
  payload.copy(frame, PRELUDE_BYTES + head.length)
  const end = frame.length - CHECKSUM_BYTES
  frame.writeUInt32BE(crc32(frame.subarray(0, end)), end)
  return frame
}
