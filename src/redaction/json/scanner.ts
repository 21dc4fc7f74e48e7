import type { ByteText } from '../byte-text.ts'
import type { PathNode } from './paths.ts'
import { decodeJsonString } from './strings.ts'

/** Called for each token of a JSON text, in order. Offsets count in the text. Those of a string exclude its quotes. */
export interface JsonVisitor<Facts> {
  string?(node: PathNode<Facts>, start: number, end: number): void
  /** A number, `true`, `false` or `null`. */
  primitive?(node: PathNode<Facts>, start: number, end: number): void
  /** A member's name. */
  name?(node: PathNode<Facts>, start: number, end: number): void
  /** An object or array ends. */
  close?(node: PathNode<Facts>, start: number, end: number): void
}

export interface JsonScan<Facts> {
  readonly text: ByteText
  readonly start: number
  readonly end: number
  readonly root: PathNode<Facts>
  readonly visitor: JsonVisitor<Facts>
  /** The current index in each open array, outermost first. The scanner updates it for the visitor. */
  readonly indices: number[]
}

interface Open<Facts> {
  readonly node: PathNode<Facts>
  readonly start: number
  readonly array: boolean
  /** The place of the elements or of the current member. */
  child: PathNode<Facts>
}

/** Deeper JSON is no data: it is made to take time and memory. It is searched as text is. */
const MAX_NESTING = 250_000

const PRIMITIVE = /-?[0-9][0-9.eE+-]*|true|false|null/y

/**
 * Walks through one JSON value, without recursion and without building it. Returns where it ends. -1: it is not JSON, or is
 * nested too deep, and the visitor got the tokens before that.
 */
export function scanJson<Facts>(scan: JsonScan<Facts>): number {
  const { text, end, root, visitor, indices } = scan
  const open: Open<Facts>[] = []
  let at = skipSpace(text, scan.start, end)
  let node = root
  indices.length = 0
  for (;;) {
    // A value starts here.
    const code = text.charCodeAt(at)
    let closed = true
    if (code === 0x22) {
      const close = stringEnd(text, at + 1, end)
      if (close === -1) return -1
      visitor.string?.(node, at + 1, close)
      at = close + 1
    } else if (code === 0x7b || code === 0x5b) {
      const array = code === 0x5b
      const inner = skipSpace(text, at + 1, end)
      if (text.charCodeAt(inner) === (array ? 0x5d : 0x7d) && inner < end) {
        visitor.close?.(node, at, inner + 1)
        at = inner + 1
      } else if (open.length === MAX_NESTING) {
        return -1
      } else {
        open.push({ node, start: at, array, child: array ? node.elements() : node })
        if (array) indices.push(0)
        at = inner
        closed = false
      }
    } else {
      PRIMITIVE.lastIndex = at
      const length = at < end ? (PRIMITIVE.exec(text)?.[0].length ?? 0) : 0
      if (length === 0 || at + length > end) return -1
      visitor.primitive?.(node, at, at + length)
      at += length
    }
    if (closed) {
      at = closeAll(scan, open, at)
      if (at === -1 || open.length === 0) return at
    }
    const top = open.at(-1) as Open<Facts>
    if (!top.array) {
      const next = memberAt(scan, top, at)
      if (next === -1) return -1
      at = next
    }
    node = top.child
    if (at >= end) return -1
  }
}

/** After a value: closes the arrays and objects that end here and skips a comma. Returns where the next value or name starts. */
function closeAll<Facts>(scan: JsonScan<Facts>, open: Open<Facts>[], from: number): number {
  const { text, end, visitor, indices } = scan
  let at = from
  for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
    at = skipSpace(text, at, end)
    if (at >= end) return -1
    const code = text.charCodeAt(at)
    if (code === 0x2c) {
      if (top.array) indices.push((indices.pop() ?? 0) + 1)
      return skipSpace(text, at + 1, end)
    }
    if (code !== (top.array ? 0x5d : 0x7d)) return -1
    at += 1
    if (top.array) indices.pop()
    open.pop()
    visitor.close?.(top.node, top.start, at)
  }
  return at
}

/** Reads a member's name and colon, and sets the place of its value. Returns where the value starts. */
function memberAt<Facts>(scan: JsonScan<Facts>, top: Open<Facts>, at: number): number {
  const { text, end, visitor } = scan
  if (text.charCodeAt(at) !== 0x22) return -1
  const close = stringEnd(text, at + 1, end)
  if (close === -1) return -1
  top.child = top.node.member(decodeJsonString(text.slice(at + 1, close)))
  visitor.name?.(top.child, at + 1, close)
  const colon = skipSpace(text, close + 1, end)
  return text.charCodeAt(colon) === 0x3a ? skipSpace(text, colon + 1, end) : -1
}

/** The offset of the quote that ends the string whose content starts at `from`. -1: there is none. */
function stringEnd(text: ByteText, from: number, end: number): number {
  for (let at = text.indexOf('"', from); at !== -1 && at < end; at = text.indexOf('"', at + 1)) {
    let before = at
    while (before > from && text.charCodeAt(before - 1) === 0x5c) before -= 1
    if ((at - before) % 2 === 0) return at
  }
  return -1
}

function skipSpace(text: ByteText, from: number, end: number): number {
  let at = from
  while (at < end) {
    const code = text.charCodeAt(at)
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) break
    at += 1
  }
  return at
}
