import { bufferOf } from '../../base/bytes.ts'
import type { CassetteEntry } from '../../cassette/cassette.ts'
import { type HiddenValues, isSameDigest } from '../../redaction/parts/hidden-values.ts'

export interface Recording {
  readonly entry: CassetteEntry
  /** From 0, in recorded order. */
  readonly position: number
  played: boolean
  /** `beforeReplay` returned `null` for it: it does not count. */
  struck: boolean
  /** Digests of what the request had that it was played for and the key has not; only if the URL or a small body hides something. */
  sent?: HiddenValues
}

/** The recordings of one key, in recorded order. */
export interface Bucket {
  readonly recordings: Recording[]
  /** All recordings before this index have been played or struck out. */
  next: number
  /** Whether any recording has digests of values that take no part in the key. Absent: not known yet. */
  isApart?: boolean
}

/** A recording, and in how many values that take no part in the key it is the same as the request. */
export interface Candidate {
  readonly recording: Recording
  readonly likeness: number
}

const isDone = (one: Recording | undefined): boolean => one !== undefined && (one.played || one.struck)

/**
 * The recording that answers next, of those that fit and have not been played: the one whose values that take no part in the key
 * are the same as those of the request, else the first.
 * @param sent those values; asked for only if recordings differ in them
 */
export function nextOf(
  bucket: Bucket,
  fits: (recording: Recording) => boolean,
  sent: () => HiddenValues,
): Candidate | undefined {
  const { recordings } = bucket
  while (isDone(recordings[bucket.next])) bucket.next++
  return mostAlike(
    bucket,
    fitting(recordings, bucket.next, (one) => !isDone(one) && fits(one)),
    sent,
  )
}

/** The recording that answers again if all have been played: the one with the same values, else the last. */
export function repeatOf(
  bucket: Bucket,
  fits: (recording: Recording) => boolean,
  sent: () => HiddenValues,
): Candidate | undefined {
  const latestFirst = bucket.recordings.toReversed()
  return mostAlike(
    bucket,
    fitting(latestFirst, 0, (one) => !one.struck && fits(one)),
    sent,
  )
}

function* fitting(
  recordings: readonly Recording[],
  from: number,
  fits: (recording: Recording) => boolean,
): Generator<Recording> {
  for (let at = from; at < recordings.length; at++) {
    const one = recordings[at]
    if (one && fits(one)) yield one
  }
}

function mostAlike(
  bucket: Bucket,
  recordings: Iterable<Recording>,
  sent: () => HiddenValues,
): Candidate | undefined {
  const isApart = (bucket.isApart ??= bucket.recordings.some(({ entry }) => apartOf(entry) !== undefined))
  let best: Candidate | undefined
  for (const recording of recordings) {
    if (!isApart) return { recording, likeness: 0 }
    const digests = Object.entries(apartOf(recording.entry) ?? {})
    const values = sent()
    const likeness = digests.filter(([place, digest]) => isSameDigest(values[place], digest)).length
    if (!best || likeness > best.likeness) best = { recording, likeness }
    if (likeness > 0 && likeness === digests.length) break
  }
  return best
}

/** The most alike, and of several the first in that order. */
export const best = (
  candidates: readonly (Candidate | undefined)[],
  order: (a: Recording, b: Recording) => number,
): Recording | undefined =>
  candidates
    .filter((one) => one !== undefined)
    .toSorted((a, b) => b.likeness - a.likeness || order(a.recording, b.recording))[0]?.recording

/** The digests of an entry. It is read only if it may have some. */
export function apartOf(entry: CassetteEntry): HiddenValues | undefined {
  const { text } = entry
  const bytes = typeof text === 'string' ? text : bufferOf(text)
  return bytes.includes(' apart:') ? entry.read().apart : undefined
}
