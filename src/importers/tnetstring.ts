/** A value of a typed netstring: text of bytes, numbers, lists, and objects by name. */
export type NetValue =
  | Buffer
  | string
  | number
  | boolean
  | null
  | readonly NetValue[]
  | { readonly [name: string]: NetValue }

/** No value of a flow is longer, bytes. */
const MAX_BYTES = 2 ** 31
/** No flow has lists within lists as deep as this. */
const MAX_DEPTH = 64

/** What was read, and how many bytes it took. `undefined`: more bytes are needed. */
type Read = { readonly value: NetValue; readonly end: number } | undefined

/**
 * Reads one value at `from`: its length in decimal, a colon, the bytes, and a character for its type.
 * @throws {Error} if there is no such value
 */
export function readNetstring(bytes: Buffer, from: number, depth = 0): Read {
  const colon = bytes.subarray(from, from + 12).indexOf(0x3a)
  const digits = bytes.toString(
    'latin1',
    from,
    colon === -1 ? Math.min(from + 11, bytes.length) : from + colon,
  )
  if (!/^\d{0,10}$/.test(digits) || (colon !== -1 && digits === '')) throw new Error('no length')
  if (colon === -1) {
    if (digits.length > 10) throw new Error('no length')
    return undefined
  }
  const length = Number(digits)
  if (length > MAX_BYTES) throw new Error('a value that is too long')
  const start = from + colon + 1
  const end = start + length
  if (end >= bytes.length) return undefined
  return {
    value: valueOf(bytes.subarray(start, end), String.fromCharCode(bytes[end] ?? 0), depth),
    end: end + 1,
  }
}

function valueOf(bytes: Buffer, type: string, depth: number): NetValue {
  switch (type) {
    case ',':
      return bytes
    case ';':
      return bytes.toString('utf8')
    case '#':
    case '^':
      return numberOf(bytes)
    case '!':
      return bytes.toString('latin1') === 'true'
    case '~':
      return null
    case ']':
      return itemsOf(bytes, depth)
    case '}':
      return objectOf(itemsOf(bytes, depth))
    default:
      throw new Error(`an unknown type ${JSON.stringify(type)}`)
  }
}

function numberOf(bytes: Buffer): number {
  const number = Number(bytes.toString('latin1'))
  if (Number.isNaN(number)) throw new Error('no number')
  return number
}

function itemsOf(bytes: Buffer, depth: number): NetValue[] {
  if (depth > MAX_DEPTH) throw new Error('lists too deep within lists')
  const items: NetValue[] = []
  for (let at = 0; at < bytes.length;) {
    const read = readNetstring(bytes, at, depth + 1)
    if (!read) throw new Error('a list that ends within an item')
    items.push(read.value)
    at = read.end
  }
  return items
}

function objectOf(items: readonly NetValue[]): { readonly [name: string]: NetValue } {
  const pairs: [string, NetValue][] = []
  for (let i = 0; i + 1 < items.length; i += 2) {
    const name = items[i]
    pairs.push([
      Buffer.isBuffer(name) ? name.toString('utf8') : typeof name === 'string' ? name : '',
      items[i + 1] ?? null,
    ])
  }
  return Object.fromEntries(pairs)
}
