import { createHash } from 'node:crypto'

import type { Cassette, CassetteEntry } from '../cassette/cassette.ts'

/** Places, from 0, of interactions whose text is byte for byte the same in both files. They need not be read. */
export function unchangedOf(base: Cassette, head: Cassette): (readonly [base: number, head: number])[] {
  const places = new Map<string, number[]>()
  for (const [at, entry] of head.entries.entries()) {
    const hash = hashOf(entry)
    const known = places.get(hash)
    if (known === undefined) places.set(hash, [at])
    else known.push(at)
  }
  return base.entries.flatMap((entry, at): [number, number][] => {
    const partner = places.get(hashOf(entry))?.shift()
    return partner === undefined ? [] : [[at, partner]]
  })
}

const hashOf = ({ text }: CassetteEntry): string => createHash('sha256').update(text).digest('base64')
