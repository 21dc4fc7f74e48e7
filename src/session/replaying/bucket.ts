import type { CassetteEntry } from '../../cassette/cassette.ts'

export interface Recording {
  readonly entry: CassetteEntry
  /** From 0, in recorded order. */
  readonly position: number
  played: boolean
  /** `beforeReplay` returned `null` for it: it does not count. */
  struck: boolean
}

/** The recordings of one key, in recorded order. */
export interface Bucket {
  readonly recordings: Recording[]
  /** All recordings before this index have been played or struck out. */
  next: number
}

/** The first recording that fits and has not been played. */
export function firstUnplayed(
  bucket: Bucket,
  fits: (recording: Recording) => boolean,
): Recording | undefined {
  const { recordings } = bucket
  const isDone = (one: Recording | undefined): boolean => one !== undefined && (one.played || one.struck)
  while (isDone(recordings[bucket.next])) bucket.next++
  for (let at = bucket.next; at < recordings.length; at++) {
    const one = recordings[at]
    if (one && !isDone(one) && fits(one)) return one
  }
  return undefined
}
