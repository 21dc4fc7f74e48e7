import { compileMatcher } from './byte-matcher.ts'
import { byteTextOf, type ByteText } from '../byte-text.ts'
import type { Edit } from '../edits.ts'
import { mergeEdits, placeholderEdit } from '../edits.ts'
import { CONTEXT_SHAPES, NEAR, type Shape } from './context-shapes.ts'
import { type Wanted, inDecoded } from './decoded-search.ts'
import { tableOf } from './encoded-units.ts'
import { keyEdits } from './key-shapes.ts'

const ANCHORS = CONTEXT_SHAPES.flatMap((shape) =>
  shape.anchors.map((anchor) => ({ shape, bytes: Buffer.from(anchor) })),
)
const MATCHER = compileMatcher(ANCHORS.map(({ bytes }) => bytes))

/** Most keys are shorter. The characters are those of keys, and of the text around a secret. */
const WANTED: Wanted = {
  longest: 512,
  alphabet: tableOf(
    [...Buffer.from('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.~+/=:@|')].map(
      (byte) => [byte, 1],
    ),
  ),
}

/** {@link shapesIn}, in the text and in what it encodes (JSON's escapes, percent-encoding). */
export function shapeEdits(bytes: Uint8Array, text: ByteText): Edit[] {
  const decoded = inDecoded(bytes, WANTED, (read) => shapesIn(read, byteTextOf(read)))
  return decoded.length === 0 ? shapesIn(bytes, text) : mergeEdits([...shapesIn(bytes, text), ...decoded])
}

/** Finds text that looks like a key, a bearer token, a password in a URL, a signature in a URL or a private key. */
function shapesIn(bytes: Uint8Array, text: ByteText): Edit[] {
  const edits: Edit[] = []
  for (const match of MATCHER.find(bytes)) {
    const found = ANCHORS[match.pattern]?.shape
    // An earlier hit covers this one.
    if (found === undefined || match.start < (edits.at(-1)?.end ?? 0)) continue
    const place = placeOf(found, text, match)
    if (place !== undefined && !text.startsWith('REDACTED', place[0])) edits.push(placeholderEdit(...place))
  }
  return mergeEdits([...edits, ...keyEdits(bytes, text)])
}

function placeOf(
  { at, shape, near, isSecret }: Shape,
  text: ByteText,
  match: { readonly start: number; readonly end: number },
): [number, number] | undefined {
  const start = at === 'end' ? match.end : at === 'start' ? match.start : match.start - at
  shape.lastIndex = Math.max(0, start)
  const groups = shape.exec(text)?.indices?.groups
  const place = groups?.['secret'] ?? groups?.['user']
  if (place === undefined) return undefined
  if (isSecret?.(text.slice(...place)) === false) return undefined
  if (near === undefined) return place
  const before = text.slice(Math.max(0, match.start - NEAR), match.start)
  return near.test(before) || near.test(text.slice(place[1], place[1] + NEAR)) ? place : undefined
}
