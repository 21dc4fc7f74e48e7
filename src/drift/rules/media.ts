import type { DigestMedia } from '../types.ts'
import type { Changes, Pair } from './changes.ts'

/** Images, audio and files: their kinds count, their bytes are never the same twice. */
export function compareMedia({ a, b, path }: Pair, changes: Changes): void {
  const left = [...b.media]
  for (const [at, before] of a.media.entries()) {
    const place = bestOf(before, left)
    const after = left[place]
    const where = `${path}.media[${at}]`
    if (after === undefined) changes.regression('media', where, before, undefined)
    else if (after.sha256 !== before.sha256) changes.benign('media', where, before, after)
    if (after !== undefined) left.splice(place, 1)
  }
  for (const extra of left) changes.benign('media', `${path}.media`, undefined, extra)
}

/** The same bytes first, then the same kind. */
function bestOf(wanted: DigestMedia, among: readonly DigestMedia[]): number {
  const same = among.findIndex(
    ({ sha256, type }) => sha256 === wanted.sha256 && isSameKind(type, wanted.type),
  )
  return same >= 0 ? same : among.findIndex(({ type }) => isSameKind(type, wanted.type))
}

/** An API that does not tell the media type says `image` or `audio` alone. */
const isSameKind = (a: string, b: string): boolean =>
  a === b || a === '' || b === '' || a.startsWith(`${b}/`) || b.startsWith(`${a}/`)
