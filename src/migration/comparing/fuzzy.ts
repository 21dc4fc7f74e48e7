import { diffChars, diffWordsWithSpace } from 'diff'

/** Longer texts are compared by words. */
const CHARACTERS = 300
/** Texts with more differences than this have nothing to do with each other. The time grows with the square of it. */
const MAX_EDITS = 1000
/** Only the beginning of a longer text is compared, characters. */
const MAX_TEXT = 40_000

/**
 * How alike two texts are, from 0 to 1: twice the characters that both have in the same order, by all characters of both.
 * `Paris.` and `It is Paris.` give 0.67.
 */
export function similarity(before: string, after: string): number {
  const [a, b] = [before.slice(0, MAX_TEXT), after.slice(0, MAX_TEXT)]
  if (a === b) return 1
  const compare = Math.max(a.length, b.length) <= CHARACTERS ? diffChars : diffWordsWithSpace
  const parts = compare(a, b, { maxEditLength: MAX_EDITS })
  const both = (parts ?? [])
    .filter(({ added, removed }) => !added && !removed)
    .reduce((sum, { value }) => sum + value.length, 0)
  return (2 * both) / (a.length + b.length)
}
