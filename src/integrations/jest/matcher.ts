import { checkSnapshot } from '../test-run/test-scope.ts'
import {
  type SnapshotOptions,
  type SnapshotOutcome,
  type SnapshotUpdate,
  updateOfEnvironment,
} from '../test-run/snapshots.ts'

/** The parts of the `this` of a matcher that are used. */
interface MatcherContext {
  readonly snapshotState?: { readonly _updateSnapshot?: SnapshotUpdate }
}

interface MatcherResult {
  readonly pass: boolean
  readonly message: () => string
}

const resultOf = ({ pass, message }: SnapshotOutcome): MatcherResult => ({ pass, message: () => message })

function toMatchLLMSnapshot(
  this: MatcherContext,
  received: unknown,
  options: SnapshotOptions = {},
): MatcherResult | Promise<MatcherResult> {
  const environment = updateOfEnvironment()
  const update = environment === 'all' ? environment : (this.snapshotState?._updateSnapshot ?? environment)
  const outcome = checkSnapshot(received, options, update)
  return outcome instanceof Promise ? outcome.then(resultOf) : resultOf(outcome)
}

/** The matchers for Jest. They follow `--updateSnapshot` and `--ci`. */
export const matchers = { toMatchLLMSnapshot }
