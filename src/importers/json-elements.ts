/** Reads the elements of one array of a JSON text, without the text as a whole: it may be larger than a string can be. */

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN = new Set([0x7b, 0x5b])
const CLOSE = new Set([0x7d, 0x5d])
const COMMA = 0x2c
const COLON = 0x3a
const OPEN_ARRAY = 0x5b

/**
 * The elements of the array at `path` (names of members from the outside in; `[]`: the text itself is the array), each as its
 * bytes. Nothing is yielded if there is no such array.
 */
export function* jsonElements(
  chunks: Iterable<Buffer>,
  path: readonly string[],
): Generator<Buffer, void, void> {
  let depth = 0
  let inString = false
  let isEscaped = false
  /** The text that was read last, if it may be a name. */
  let text: number[] = []
  let name = ''
  /** The names that led to the open objects and arrays. */
  const names: string[] = []
  let inside = -1
  let element: Buffer[] = []
  for (const chunk of chunks) {
    let from = inside === -1 ? -1 : 0
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i] ?? 0
      if (inString) {
        if (isEscaped) isEscaped = false
        else if (byte === BACKSLASH) isEscaped = true
        else if (byte === QUOTE) inString = false
        if (inString && inside === -1 && text.length < 64) text.push(byte)
        continue
      }
      if (byte === QUOTE) {
        inString = true
        text = []
      } else if (byte === COLON) {
        if (inside === -1) name = Buffer.from(text).toString('latin1')
      } else if (OPEN.has(byte)) {
        names.push(name)
        name = ''
        depth++
        const isIt = inside === -1 && byte === OPEN_ARRAY && names.length === path.length + 1
        if (isIt && path.every((one, at) => names[at + 1] === one)) {
          inside = depth
          from = i + 1
          element = []
        }
      } else if (CLOSE.has(byte) || (byte === COMMA && depth === inside)) {
        if (depth === inside) {
          element.push(chunk.subarray(from, i))
          const bytes = Buffer.concat(element)
          yield* bytes.toString('latin1').trim() === '' ? [] : [bytes]
          element = []
          from = i + 1
        }
        if (byte === COMMA) continue
        if (depth === inside) return
        depth--
        names.pop()
      }
    }
    if (inside !== -1) element.push(Buffer.from(chunk.subarray(from)))
  }
}
