import { createHash } from 'node:crypto'

import { bufferOf } from '../base/bytes.ts'
import type { Cassette, CassetteEntry } from '../cassette/cassette.ts'

/**
 * Places, from 0, of interactions whose text is byte for byte the same in both files. They need not be read. One with a body beside the
 * file is read: that file may have other bytes than its name says.
 */
export function unchangedOf(base: Cassette, head: Cassette): (readonly [base: number, head: number])[] {
  const places = new Map<string, number[]>()
  for (const [at, entry] of head.entries.entries()) {
    if (hasSidecar(entry)) continue
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

const hasSidecar = ({ text }: CassetteEntry): boolean =>
  typeof text === 'string' ? text.includes('sidecar:') : bufferOf(text).includes('sidecar:')

const hashOf = ({ text }: CassetteEntry): string => createHash('sha256').update(text).digest('base64')
