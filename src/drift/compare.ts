import type { JsonValue } from '../providers/json/json.ts'
import { digest } from './digest.ts'
import { isBad, isGood } from './finish.ts'
import { Changes, type Pair } from './rules/changes.ts'
import { compareVectors } from './rules/embeddings.ts'
import { compareEndings } from './rules/endings.ts'
import { compareMedia } from './rules/media.ts'
import { compareShape } from './rules/shape.ts'
import { compareText } from './rules/text.ts'
import { compareCalls } from './rules/tool-calls.ts'
import type { CompareOptions, Comparison, Digest, DigestChoice, DriftResponse } from './types.ts'

/**
 * Judges whether an answer was only reworded (`benign`) or whether a program that read the recorded one may break
 * (`regression`). Tool calls, structure, finish, refusals and errors are judged; wording, ids, tokens and times are not.
 */
export function compareResponses(
  recorded: DriftResponse,
  current: DriftResponse,
  options: CompareOptions,
): Comparison {
  const a = digest(recorded, options)
  const b = digest(current, { api: options.currentApi ?? options.api })
  return compareDigests(a, b, options)
}

/** {@link compareResponses} of digests that are there already. */
export function compareDigests(
  a: Digest,
  b: Digest,
  options: Pick<CompareOptions, 'strictValues'> = {},
): Comparison {
  const changes = new Changes()
  if (a.ok && b.ok) compareAnswers(a, b, options, changes)
  else compareErrors(a, b, changes)
  return { verdict: changes.verdict, changes: changes.list }
}

function compareErrors(a: Digest, b: Digest, changes: Changes): void {
  if (a.ok !== b.ok) {
    changes[a.ok ? 'regression' : 'benign']('error', 'error', a.error, b.error)
    return
  }
  if (a.status !== b.status) changes.regression('error', 'status', a.status, b.status)
  if (a.error?.type !== b.error?.type) changes.regression('error', 'error.type', a.error?.type, b.error?.type)
  if (a.error?.message !== b.error?.message)
    changes.benign('error', 'error.message', a.error?.message, b.error?.message)
}

function compareAnswers(
  a: Digest,
  b: Digest,
  options: Pick<CompareOptions, 'strictValues'>,
  changes: Changes,
): void {
  if (a.status !== b.status) changes.benign('status', 'status', a.status, b.status)
  const [before, after] = [a.choices.length, b.choices.length]
  if (before !== after) changes[after < before ? 'regression' : 'benign']('choices', 'choices', before, after)
  for (const [at, choice] of a.choices.entries()) {
    const other = b.choices[at]
    if (other === undefined) continue
    const pair = {
      a: choice,
      b: other,
      path: `choices[${at}]`,
      recovered: isRecovered(choice, other),
      options,
    }
    for (const rule of CHOICE_RULES) rule(pair, changes)
  }
  if (a.vectors !== undefined || b.vectors !== undefined) compareVectors(a.vectors, b.vectors, changes)
  compareBodies(a, b, changes)
}

const CHOICE_RULES: readonly ((pair: Pair, changes: Changes) => void)[] = [
  compareEndings,
  compareCalls,
  compareText,
  compareMedia,
]

const isRecovered = (a: DigestChoice, b: DigestChoice): boolean =>
  !b.truncated && (a.truncated ? !isBad(b.finish) : isBad(a.finish) && isGood(b.finish))

function compareBodies(a: Digest, b: Digest, changes: Changes): void {
  if (a.body === undefined && b.body === undefined) return
  if (a.body === undefined) changes.benign('body', 'body', undefined, b.body)
  else if (b.body === undefined) changes.regression('body', 'body', a.body, undefined)
  else compareShape(a.body as JsonValue, b.body as JsonValue, { rule: 'body', path: 'body' }, changes)
}
