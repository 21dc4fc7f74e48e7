import { isBad, isGood } from '../finish.ts'
import type { Changes, Pair } from './changes.ts'

/** How the answer ends: cut off or whole, the finish, the refusal, and whether reasoning can be read. */
export function compareEndings({ a, b, path }: Pair, changes: Changes): void {
  compareStream(a.truncated, b.truncated, path, changes)
  if (a.finish !== b.finish) compareFinish({ a, b, path }, changes)
  if (a.refusal !== b.refusal) {
    const verdict = a.refusal === null ? 'regression' : 'benign'
    changes[verdict]('refusal', `${path}.refusal`, a.refusal, b.refusal)
  }
  const [thought, thinks] = [a.reasoning !== '', b.reasoning !== '']
  if (thought !== thinks) changes.benign('reasoning', `${path}.reasoning`, a.reasoning, b.reasoning)
}

function compareStream(before: boolean, after: boolean, path: string, changes: Changes): void {
  if (before !== after) changes[after ? 'regression' : 'benign']('stream', `${path}.truncated`, before, after)
}

/** No finish at all is neither good nor bad: some APIs have none, and a truncated stream is judged as such. */
function compareFinish({ a, b, path }: Pick<Pair, 'a' | 'b' | 'path'>, changes: Changes): void {
  const isRegression = isBad(b.finish) || (isGood(a.finish) && isGood(b.finish))
  if (isRegression) changes.regression('finish', `${path}.finish`, a.finish, b.finish)
  else if (a.truncated === b.truncated) changes.benign('finish', `${path}.finish`, a.finish, b.finish)
}
