import type { JsonValue } from './json-value.ts'
import type { MessageReader } from './exchange.ts'

/** A larger message is not said twice. */
export const MAX_MESSAGE_BYTES = 1024 * 1024
/** Longer bytes in a message are named by their length: they stand beside it in full. */
const MAX_BYTES = 4096
const MAX_DEPTH = 100

/** Reads messages with what a client has to read them. */
export function messageReader(deserialize: (bytes: Buffer) => unknown): MessageReader {
  return (message) => {
    if (message.byteLength > MAX_MESSAGE_BYTES) return undefined
    try {
      const json = toJson(deserialize(Buffer.from(message)), 0)
      // Nothing in it that the descriptor knows: it is another message's.
      return isEmpty(json) && message.byteLength > 0 ? undefined : json
    } catch {
      return undefined
    }
  }
}

const isEmpty = (json: JsonValue | undefined): boolean =>
  typeof json === 'object' && json !== null && Object.keys(json).length === 0

/** JSON as protobuf's own mapping has it, as far as the many libraries' values allow; `undefined`: nothing to say. */
function toJson(value: unknown, depth: number): JsonValue | undefined {
  switch (typeof value) {
    case 'string':
      return value.toWellFormed()
    case 'boolean':
      return value
    case 'bigint':
      return String(value)
    case 'number':
      // -0 is 0 for a reader; NaN and the infinities are strings.
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
    // `$` begins what libraries note for themselves.
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
