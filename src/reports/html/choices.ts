import { defined } from '../../base/defined.ts'
import type { Digest, DigestChoice } from '../../drift/types.ts'
import { cut, type WordChange, wordChanges } from './word-changes.ts'

/** The answers of both sides, as the script of the page shows them. */
export interface PageChoice {
  readonly base?: DigestChoice
  readonly head?: DigestChoice
  readonly words?: readonly WordChange[]
}

export function choicesOf(base: Digest | undefined, head: Digest | undefined): PageChoice[] {
  const count = Math.max(base?.choices.length ?? 0, head?.choices.length ?? 0)
  return Array.from({ length: count }, (_, at) => {
    const [a, b] = [base?.choices[at], head?.choices[at]]
    const words = a && b ? wordChanges(a.text, b.text) : undefined
    return defined({ base: a && shortened(a), head: b && shortened(b), words })
  })
}

const shortened = ({ text, ...choice }: DigestChoice): DigestChoice => ({
  ...choice,
  text: cut(text),
  reasoning: '',
  media: [],
})
