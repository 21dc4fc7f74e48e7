import { isJwt } from '../../base/value-shapes.ts'
import { isAssertionName } from '../../providers/requests/credentials.ts'
import { isObject, parseJson } from '../../providers/json/json.ts'
import { digestOf } from '../edits.ts'

/** What an assertion says for whom and for what it asks. The rest is another one in each. */
const ASKED = ['iss', 'sub', 'aud', 'scope']

/**
 * What stands for a signed assertion, by which a client asks for credentials: a digest that is the same as long as the client asks
 * the same for the same. `undefined`: it is none.
 */
export function assertionStandIn(name: string, value: string): string | undefined {
  if (!isAssertionName(name) || !isJwt(value)) return undefined
  const [, payload = ''] = value.split('.')
  const claims = parseJson(Buffer.from(payload, 'base64url').toString())?.value
  if (!isObject(claims)) return undefined
  const asked = ASKED.map((claim) => claims[claim] ?? null)
  return asked.some((one) => one !== null) ? digestOf('assertion', JSON.stringify(asked)) : undefined
}
