/**
 * Everything that relies on undocumented details of `@mswjs/interceptors` to change an outgoing request head is in
 * this file. `test/protocols/websocket/internals.test.ts` fails by name when one of them changes.
 */

/** The interceptors call it with the first bytes before they send them. It may change the bytes. */
export type Flush = (pending: Pending, encoding: unknown, use: (changed: Pending) => void) => void

type Bytes = string | Uint8Array
type Pending = Bytes | readonly { readonly chunk: Bytes; readonly encoding?: unknown }[]

/**
 * The `flush` argument for a passthrough that removes one header from the request head. A head that comes in several
 * pieces is sent unchanged.
 */
export function withoutHeader(name: string, flush: unknown): Flush {
  const line = new RegExp(`\\r\\n${name}:[^\\r\\n]*`, 'gi')
  const cut = (text: string): string => {
    const end = text.indexOf('\r\n\r\n')
    return end === -1 ? text : text.slice(0, end).replace(line, '') + text.slice(end)
  }
  const changed = (pending: Bytes): Bytes =>
    typeof pending === 'string'
      ? cut(pending)
      : Buffer.from(cut(Buffer.from(pending).toString('latin1')), 'latin1')
  return (pending, encoding, use) => {
    const edit = (next: Pending): void => {
      if (typeof next === 'string' || next instanceof Uint8Array) return use(changed(next))
      use(next.map((part, at) => (at === 0 ? { ...part, chunk: changed(part.chunk) } : part)))
    }
    if (typeof flush === 'function') (flush as Flush)(pending, encoding, edit)
    else edit(pending)
  }
}

/** Lets `flush` change the head that `bytes` begin with, if it is whole. */
export function changedHead(bytes: Buffer, flush: unknown): Buffer {
  const end = bytes.indexOf('\r\n\r\n')
  if (end === -1 || typeof flush !== 'function') return bytes
  let head = bytes.toString('latin1', 0, end + 4)
  const change = flush as Flush
  change(head, 'latin1', (changed) => {
    if (typeof changed === 'string') head = changed
  })
  return Buffer.concat([Buffer.from(head, 'latin1'), bytes.subarray(end + 4)])
}
