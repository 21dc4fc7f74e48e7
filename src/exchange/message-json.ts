import type { JsonValue } from './json-value.ts'
import type { MessageReader } from './exchange.ts'

/** A larger message is stored without its JSON. */
export const MAX_MESSAGE_BYTES = 1024 * 1024
/** Longer bytes in a message are replaced by their length: the stored message has them in full. */
const MAX_BYTES = 4096
const MAX_DEPTH = 100

/** A reader that uses the client's own deserializer. */
export function messageReader(deserialize: (bytes: Buffer) => unknown): MessageReader {
  return (message) => {
    if (message.byteLength > MAX_MESSAGE_BYTES) return undefined
    try {
      const json = toJson(deserialize(Buffer.from(message)), 0)
      // The deserializer knows none of its fields, so this is a message of another type.
      return isEmpty(json) && message.byteLength > 0 ? undefined : json
    } catch {
      return undefined
    }
  }
}

const isEmpty = (json: JsonValue | undefined): boolean =>
  typeof json === 'object' && json !== null && Object.keys(json).length === 0

/** JSON as protobuf's JSON mapping has it, as far as the values of the many libraries allow. `undefined`: there is none. */
function toJson(value: unknown, depth: number): JsonValue | undefined {
  switch (typeof value) {
    case 'string':
      return value.toWellFormed()
    case 'boolean':
      return value
    case 'bigint':
      return String(value)
    case 'number':
      // -0 becomes 0. NaN and the infinities become strings.
      return Number.isFinite(value) ? value + 0 || 0 : String(value)
    case 'object':
      return value === null ? null : objectToJson(value, depth + 1)
    default:
      return undefined
  }
}

function objectToJson(value: object, depth: number): JsonValue {
  if (depth > MAX_DEPTH) throw new RangeError('The message is nested too deep.')
  if (value instanceof Uint8Array)
    return value.byteLength > MAX_BYTES
      ? `<${value.byteLength} bytes>`
      : Buffer.from(value).toString('base64')
  if (value instanceof Date) return value.toJSON()
  if (Array.isArray(value) || value instanceof Set)
    return [...(value as Iterable<unknown>)].map((item) => toJson(item, depth) ?? null)
  if (value instanceof Map) return entriesToJson([...(value as Map<unknown, unknown>)], depth)
  if (isLong(value)) return longText(value)
  for (const method of ['toObject', 'toJSON'] as const) {
    const convert: unknown = Reflect.get(value, method)
    if (typeof convert === 'function') return toJson(Reflect.apply(convert, value, []), depth) ?? null
  }
  return entriesToJson(Object.entries(value), depth)
}

function entriesToJson(entries: readonly (readonly [unknown, unknown])[], depth: number): JsonValue {
  const out: Record<string, JsonValue> = {}
  for (const [key, item] of entries) {
    const name = String(key)
    const json = toJson(item, depth)
    // Keys that begin with `$` are the library's own notes.
    if (json !== undefined && name !== '__proto__' && !name.startsWith('$')) out[name] = json
  }
  return out
}

interface Long {
  readonly low: number
  readonly high: number
  readonly unsigned: boolean
}

/** A 64-bit number of the `long` package. */
const isLong = (value: object): value is Long =>
  'low' in value && 'high' in value && 'unsigned' in value && typeof value.low === 'number'

const longText = ({ low, high, unsigned }: Long): string => {
  const value = (BigInt(high) << 32n) + BigInt(low >>> 0)
  return String(unsigned ? BigInt.asUintN(64, value) : value)
}
