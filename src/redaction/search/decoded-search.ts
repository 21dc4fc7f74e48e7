import { bufferOf } from '../../base/bytes.ts'
import { type Edit, mergeEdits, PLACEHOLDER } from '../edits.ts'
import type { ViewKind } from './encoded-units.ts'
import { isWorthReading, locatedViewOf, viewOf } from './views.ts'

/** Encoded text is decoded in pieces. Most pieces need no decoding, and no body needs several times its size. */
const WINDOW_BYTES = 16 * 1024
/** JSON in a JSON string in a JSON string ... */
const MAX_DEPTH = 4
/** The most bytes of text that encode one byte of a secret (`\\\\\\\\u0041`). */
const LONGEST_UNIT = 16

/** What a search looks for. */
export interface Wanted {
  /** 1 for each byte that it can have. */
  readonly alphabet: Uint8Array
  /** The length of the longest secret, in bytes. */
  readonly longest: number
}

type Find = (read: Uint8Array) => readonly Edit[]

/** Lets `find` search the bytes decoded exactly, as often as they are encoded (up to {@link MAX_DEPTH} times). */
export function inDecoded(bytes: Uint8Array, wanted: Wanted, find: Find): Edit[] {
  return inWindows(bytes, wanted, (window) => searchDecoded(window, wanted, { find, depth: 1 }))
}

/** Lets `find` search the bytes read folded. */
export function inFolded(bytes: Uint8Array, wanted: Wanted, find: Find): Edit[] {
  return inWindows(bytes, wanted, (window) => searchView(window, 'folded', wanted, find))
}

interface Depth {
  readonly find: Find
  readonly depth: number
}

function searchDecoded(source: Uint8Array, wanted: Wanted, { find, depth }: Depth): Edit[] {
  return (['json', 'percent'] as const).flatMap((kind) =>
    searchView(source, kind, wanted, (read) => [
      ...(depth < MAX_DEPTH ? searchDecoded(read, wanted, { find, depth: depth + 1 }) : []),
      ...find(read),
    ]),
  )
}

/** Lets `find` search `source` as it reads in this way, and maps the edits back to `source`. */
function searchView(source: Uint8Array, kind: ViewKind, { alphabet }: Wanted, find: Find): Edit[] {
  if (!isWorthReading(source, kind, alphabet)) return []
  const edits = mergeEdits(find(viewOf(source, kind).bytes))
  if (edits.length === 0) return []
  const { starts, ends } = locatedViewOf(source, kind)
  return edits.map((edit) => {
    const start = starts[edit.start] ?? 0
    const end = ends[edit.end - 1] ?? source.length
    const escaped = edit.text !== PLACEHOLDER && bufferOf(source).subarray(start, end).includes(0x25)
    return { ...edit, start, end, text: escaped ? encodeURIComponent(edit.text) : edit.text }
  })
}

function inWindows(bytes: Uint8Array, { longest }: Wanted, find: (window: Uint8Array) => Edit[]): Edit[] {
  const overlap = longest * LONGEST_UNIT
  const size = Math.max(WINDOW_BYTES, 4 * overlap)
  const edits: Edit[] = []
  for (let start = 0; start < bytes.length; start += size) {
    for (const edit of find(bytes.subarray(start, start + size + overlap))) {
      edits.push({ ...edit, start: start + edit.start, end: start + edit.end })
    }
  }
  return mergeEdits(edits)
}
