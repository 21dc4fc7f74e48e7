import { isUtf8 } from 'node:buffer'

/** One field of a protobuf message on the wire (protobuf.dev, "Encoding"). */
export interface WireField {
  readonly number: number
  readonly kind: 'varint' | 'fixed64' | 'bytes' | 'fixed32'
  /** Where the tag begins. */
  readonly start: number
  /** Where the value begins: after the tag, and after the length if the kind is `bytes`. */
  readonly valueStart: number
  readonly end: number
}

const KINDS = ['varint', 'fixed64', 'bytes', undefined, undefined, 'fixed32'] as const
const MAX_VARINT_BYTES = 10
/** Text has no control characters but tab and line ends. Bytes that begin with one of these are a message (LF: field 1, bytes). */
const NO_TEXT = /^[\n\r\t]|[\0-\u0008\u000B\u000C\u000E-\u001F\u007F]/

/** Whether these bytes, which may also read as a message, are rather text. */
export const looksLikeText = (bytes: Buffer): boolean =>
  bytes.length > 0 && isUtf8(bytes) && !NO_TEXT.test(bytes.toString())

/**
 * The fields of a message in their order. `undefined`: the bytes are not a message, or it has groups, which proto3 does not
 * have. Text rarely reads as a message (`hi` does), so without a descriptor the result is a guess.
 */
export function wireFields(bytes: Uint8Array): WireField[] | undefined {
  const fields: WireField[] = []
  for (let start = 0; start < bytes.length;) {
    const tag = readVarint(bytes, start)
    if (tag === undefined || tag.value > 0xffff_ffffn) return undefined
    const number = Number(tag.value >> 3n)
    const kind = KINDS[Number(tag.value & 7n)]
    if (number === 0 || kind === undefined) return undefined
    const place = placeOf(bytes, kind, tag.end)
    if (place === undefined || place.end > bytes.length) return undefined
    fields.push({ number, kind, start, ...place })
    start = place.end
  }
  return fields
}

function placeOf(
  bytes: Uint8Array,
  kind: WireField['kind'],
  at: number,
): { readonly valueStart: number; readonly end: number } | undefined {
  if (kind === 'fixed64') return { valueStart: at, end: at + 8 }
  if (kind === 'fixed32') return { valueStart: at, end: at + 4 }
  const varint = readVarint(bytes, at)
  if (varint === undefined || kind === 'varint') return varint && { valueStart: at, end: varint.end }
  return { valueStart: varint.end, end: varint.end + Number(varint.value) }
}

/** The number that begins at `at`, and where it ends. `undefined`: it is cut short or too long. */
export function readVarint(
  bytes: Uint8Array,
  at: number,
): { readonly value: bigint; readonly end: number } | undefined {
  let value = 0n
  for (let length = 0; length < MAX_VARINT_BYTES; length += 1) {
    const byte = bytes[at + length]
    if (byte === undefined) return undefined
    value |= BigInt(byte & 0x7f) << BigInt(7 * length)
    if (byte < 0x80) return { value, end: at + length + 1 }
  }
  return undefined
}

export function writeVarint(value: number): Buffer {
  const bytes: number[] = []
  let rest = value
  while (rest > 0x7f) {
    bytes.push((rest % 0x80) | 0x80)
    rest = Math.floor(rest / 0x80)
  }
  return Buffer.from([...bytes, rest])
}
