import { requestFromInteraction } from '../cassette/convert.ts'
import type { Said } from '../library/facts.ts'
import { parseJson } from '../providers/json/json.ts'
import type { Asking } from './asking.ts'
import { readAsking } from './convert.ts'
import type { Earlier } from './reading/responses.ts'

/**
 * What a recorded request asks.
 * @throws {UnsayableError} if it cannot be told in the words of no API
 */
export function askingOf({ canonical, interaction }: Said, earlier: Earlier): Asking {
  const { body } = requestFromInteraction(interaction.request)
  const value = body === null ? undefined : parseJson(Buffer.from(body).toString('utf8'))?.value
  return readAsking(canonical.api, value, earlier)
}
