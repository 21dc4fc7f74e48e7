import { isUtf8 } from 'node:buffer'

// Header value types of the Amazon Event Stream specification.
const TRUE = 0
const FALSE = 1
const BYTE = 2
const SHORT = 3
const INTEGER = 4
const LONG = 5
const BYTES = 6
const STRING = 7
const TIMESTAMP = 8
const UUID = 9

/** The types whose values have a fixed length, in bytes. */
const FIXED = new Map([
  [TRUE, 0],
  [FALSE, 0],
  [BYTE, 1],
  [SHORT, 2],
  [INTEGER, 4],
  [LONG, 8],
  [TIMESTAMP, 8],
  [UUID, 16],
])

/**
 * `undefined`: malformed, of an unknown type, or not UTF-8. If a name comes twice, the headers do not render to the same
 * bytes again.
 */
export function parseHeaders(bytes: Buffer): { [name: string]: EventStreamHeader } | undefined {
  const headers: [string, EventStreamHeader][] = []
  for (let at = 0; at < bytes.length;) {
    const nameLength = bytes.readUInt8(at)
    const nameEnd = at + 1 + nameLength
    const type = bytes[nameEnd]
    if (type === undefined) return undefined
    let start = nameEnd + 1
    let length = FIXED.get(type)
    if (length === undefined) {
      if ((type !== BYTES && type !== STRING) || start + 2 > bytes.length) return undefined
      length = bytes.readUInt16BE(start)
      start += 2
    }
    const name = bytes.subarray(at + 1, nameEnd)
    const value = bytes.subarray(start, start + length)
    if (value.length !== length || !isUtf8(name) || (type === STRING && !isUtf8(value))) return undefined
    headers.push([name.toString('utf8'), valueOf(type, value)])
    at = start + length
  }
  return Object.fromEntries(headers)
}

function valueOf(type: number, value: Buffer): EventStreamHeader {
  switch (type) {
    case TRUE:
    case FALSE:
      return { boolean: type === TRUE }
    case BYTE:
      return { byte: value.readInt8() }
    case SHORT:
      return { short: value.readInt16BE() }
    case INTEGER:
      return { integer: value.readInt32BE() }
    case LONG:
      return { long: String(value.readBigInt64BE()) }
    case TIMESTAMP:
      return { timestamp: String(value.readBigInt64BE()) }
    case UUID:
      return { uuid: value.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-') }
    case BYTES:
      return { bytes: value.toString('base64') }
    default:
      return value.toString('utf8')
  }
}

export function renderHeaders(headers: { readonly [name: string]: EventStreamHeader }): Buffer {
  const pieces: Buffer[] = []
  for (const [name, value] of Object.entries(headers)) {
    const bytes = Buffer.from(name)
    pieces.push(Buffer.from([bytes.length]), bytes, renderValue(value))
  }
  return Buffer.concat(pieces)
}

function renderValue(value: EventStreamHeader): Buffer {
  if (typeof value === 'string') return withLength(STRING, Buffer.from(value))
  if ('boolean' in value) return Buffer.from([value.boolean ? TRUE : FALSE])
  if ('bytes' in value) return withLength(BYTES, Buffer.from(value.bytes, 'base64'))
  if ('uuid' in value) return Buffer.from(`0${UUID}${value.uuid.replaceAll('-', '')}`, 'hex')
  const bytes = Buffer.alloc(9)
  if ('byte' in value) return bytes.subarray(0, bytes.writeInt8(value.byte, bytes.writeUInt8(BYTE)))
  if ('short' in value) return bytes.subarray(0, bytes.writeInt16BE(value.short, bytes.writeUInt8(SHORT)))
  if ('integer' in value)
    return bytes.subarray(0, bytes.writeInt32BE(value.integer, bytes.writeUInt8(INTEGER)))
  const [type, long] = 'long' in value ? [LONG, value.long] : [TIMESTAMP, value.timestamp]
  bytes.writeBigInt64BE(BigInt(long), bytes.writeUInt8(type))
  return bytes
}

function withLength(type: number, value: Buffer): Buffer {
  const head = Buffer.alloc(3)
  head.writeUInt16BE(value.length, head.writeUInt8(type))
  return Buffer.concat([head, value])
}

/** A header of an AWS event stream message: a string, or another type by its name. */
export type EventStreamHeader =
  | string
  | { readonly boolean: boolean }
  | { readonly byte: number }
  | { readonly short: number }
  | { readonly integer: number }
  /** Decimal: it can be larger than 2^53. */
  | { readonly long: string }
  /** Base64. */
  | { readonly bytes: string }
  /** Milliseconds since the epoch, decimal. */
  | { readonly timestamp: string }
  | { readonly uuid: string }
