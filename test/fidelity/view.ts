import { createHash } from 'node:crypto'
import type { BodyView, HeaderList } from './types.ts'

const START = 400
const KEPT = 4 * 1024 * 1024
const BYTES = new WeakMap<BodyView, readonly Uint8Array[]>()

/** The bytes that a view was made from. */
export const bytesOf = (body: BodyView): Buffer => Buffer.concat(BYTES.get(body) ?? [])

export function bodyView(body: Uint8Array | readonly Uint8Array[]): BodyView {
  const parts = body instanceof Uint8Array ? [body] : body
  const hash = createHash('sha256')
  let bytes = 0
  for (const part of parts) {
    hash.update(part)
    bytes += part.byteLength
  }
  const start = Buffer.concat(parts.slice(0, START).map((part) => part.subarray(0, START))).subarray(0, START)
  const view = { bytes, sha256: hash.digest('hex'), start: start.toString('latin1') }
  if (bytes < KEPT) BYTES.set(view, parts)
  return view
}

const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

/** `name code` of an error and of each of its causes. */
export function errorView(error: unknown): string[] {
  const chain: string[] = []
  const seen = new Set<unknown>()
  for (
    let one = error;
    one !== undefined && one !== null && !seen.has(one);
    one = Reflect.get(one, 'cause')
  ) {
    seen.add(one)
    if (typeof one !== 'object') {
      chain.push(asText(one))
      break
    }
    const name: unknown = Reflect.get(one, 'name')
    const code: unknown = Reflect.get(one, 'code')
    chain.push([asText(name), ...(code === undefined || code === null ? [] : [asText(code)])].join(' '))
  }
  return chain
}

/** The path and query of an absolute URL. */
export const pathOf = (url: string): string => url.slice(url.indexOf('/', url.indexOf('://') + 3))

/** Makes pairs from a flat list: name, value, name, value ... */
export function pairsOf(flat: readonly unknown[]): HeaderList {
  const pairs: [string, string][] = []
  for (let i = 0; i + 1 < flat.length; i += 2) {
    const text = (value: unknown): string =>
      Buffer.isBuffer(value) ? value.toString('latin1') : String(value)
    pairs.push([text(flat[i]), text(flat[i + 1])])
  }
  return pairs
}

/** Makes pairs from a client's headers object. Values are JSON, so that lists stay visible. */
export const entriesOf = (headers: object): HeaderList =>
  Object.entries(headers).map(([name, value]) => [name, JSON.stringify(value)])

/** Reads a stream to its end. After an error, the result also has the bytes that came before. */
export async function drain(
  source: AsyncIterable<Uint8Array | string> | null | undefined,
  onPart?: (part: number) => void,
): Promise<{ body: BodyView; error?: string[] }> {
  const parts: Buffer[] = []
  try {
    for await (const part of source ?? []) {
      parts.push(Buffer.from(part as Uint8Array))
      onPart?.(parts.length)
    }
    return { body: bodyView(parts) }
  } catch (error) {
    return { body: bodyView(parts), error: errorView(error) }
  }
}
