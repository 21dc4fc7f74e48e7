import { AssertionError } from 'node:assert'

import { checkSnapshot } from './test-scope.ts'
import { type SnapshotOptions, updateOfEnvironment } from './snapshots.ts'

/** The flag of node:test that updates snapshots. A test file's own process gets it, too. */
const UPDATE_FLAG = '--test-update-snapshots'

/**
 * Compares an answer of a model with the snapshot beside the test's cassette: its tool calls, structure, finish and refusal.
 * Another wording is no failure. The first run writes the snapshot.
 * @param response a response of fetch whose body is not read yet, the answer of an SDK, the list of a stream's events, or
 *   `{status, headers, body}`
 * @throws AssertionError if the answer is another one
 * @throws CassetteOptionError outside a test, for what is no answer
 */
export async function assertLLMSnapshot(response: unknown, options: SnapshotOptions = {}): Promise<void> {
  const update = process.execArgv.includes(UPDATE_FLAG) ? 'all' : updateOfEnvironment()
  const { pass, message } = await checkSnapshot(response, options, update)
  if (!pass) throw new AssertionError({ message, stackStartFn: assertLLMSnapshot })
}
