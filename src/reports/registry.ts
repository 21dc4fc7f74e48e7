import type { FileChanges } from '../registry/compare.ts'
import { plural } from './library/words.ts'

/** `3 added, 1 changed`. */
export function changesInWords({ added, changed, removed }: FileChanges): string {
  const parts = [
    added.length > 0 ? `${added.length} added` : '',
    changed.length > 0 ? `${changed.length} changed` : '',
    removed.length > 0 ? `${removed.length} removed` : '',
  ].filter((part) => part !== '')
  return parts.length === 0 ? 'no change' : parts.join(', ')
}

export interface CountedRef {
  readonly cassettes: number
  readonly interactions: number
}

export const countsInWords = ({ cassettes, interactions }: CountedRef): string =>
  `${plural(cassettes, 'cassette')}, ${plural(interactions, 'interaction')}`
