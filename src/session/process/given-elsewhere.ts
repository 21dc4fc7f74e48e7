import { looksLikeCredential } from '../../base/value-shapes.ts'

/** Who gave a stand-in. */
export interface GivenBy {
  /** Of the cassette. */
  readonly path: string
  readonly id: string
  /** From 0. */
  readonly position: number
  readonly line: string
}

/** So many are known: those that were given last. */
const MAX_VALUES = 100

/** Values that servers gave in the sessions of this process. A client may log in with one cassette, and ask with another. */
const values = new Set<string>()
/** Stand-ins, and values in the form of what they stand for, that replays of this process gave. */
const handed = new Map<string, GivenBy>()

function bounded(all: Set<string> | Map<string, GivenBy>): void {
  const [first] = all.keys()
  if (all.size > MAX_VALUES && first !== undefined) all.delete(first)
}

/** The values of the sessions so far. */
export const givenElsewhere = (): readonly string[] => [...values]

/** A server gave a value, or a replay one in its form. Words and the like, which a program may have by itself, are not noted. */
export function noteGiven(value: string): void {
  if (!looksLikeCredential(value)) return
  values.delete(value)
  values.add(value)
  bounded(values)
}

/** A replay has given its client a stand-in. */
export function noteHanded(standIn: string, by: GivenBy): void {
  handed.delete(standIn)
  handed.set(standIn, by)
  bounded(handed)
}

/** A stand-in that another cassette of this process gave; `undefined`: none did. */
export const handedElsewhere = (standIn: string, path: string): GivenBy | undefined => {
  const by = handed.get(standIn)
  return by?.path === path ? undefined : by
}
