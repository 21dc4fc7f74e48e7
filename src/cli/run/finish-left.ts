import { isoNow } from '../../clock.ts'
import { toError } from '../../base/to-error.ts'
import { leftoverOf } from '../../storage/leftover.ts'
import { thisRun } from '../../storage/lock/identity.ts'

/**
 * Moves what processes recorded that a signal ended from their journals into their cassettes, as the next recording run would do.
 * @param mode that of the run: what a run in mode `all` had begun to replace stays in its journal
 * @returns what went wrong, one message a cassette
 */
export async function finishLeft(cassettes: readonly string[], mode: string): Promise<string[]> {
  if (!['once', 'new_episodes', 'auto'].includes(mode)) return []
  const self = thisRun(isoNow())
  const problems: string[] = []
  for (const path of cassettes) {
    try {
      if (leftoverOf(path, self).length === 0) continue
      const { Session } = await import('../../session/session.ts')
      process.env['CASSETTE_MODE'] = mode
      Session.open(path, {}).finishNow({ failed: true })
    } catch (error) {
      problems.push(toError(error).message)
    }
  }
  return problems
}
