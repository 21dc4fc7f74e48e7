import { diffWordsWithSpace } from 'diff'

/** `-1`: only before, `0`: in both, `1`: only after. */
export type WordChange = readonly [kind: -1 | 0 | 1, text: string]

/** Two texts with more differences than this are shown whole. The time grows with the square of it. */
const MAX_EDITS = 1000
/** Longer texts are cut, in characters. */
const MAX_TEXT = 20_000

/** The words that differ; `undefined`: the texts are the same. */
export function wordChanges(before: string, after: string): WordChange[] | undefined {
  if (before === after) return undefined
  const [a, b] = [cut(before), cut(after)]
  const parts = diffWordsWithSpace(a, b, { maxEditLength: MAX_EDITS })
  if (parts === undefined)
    return [
      [-1, a],
      [1, b],
    ]
  return parts.map(({ added, removed, value }) => [added ? 1 : removed ? -1 : 0, value])
}

export const cut = (text: string): string =>
  text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT).toWellFormed()}…` : text
