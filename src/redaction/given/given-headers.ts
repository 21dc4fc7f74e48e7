import { numberedIn } from '../../base/numbered.ts'
import type { RedactionRules } from '../options.ts'
import { isSecretHeader } from '../names.ts'
import type { TextSearch } from '../search/text-search.ts'

interface Tools {
  readonly rules: RedactionRules
  readonly search: TextSearch
}

/**
 * What is stored of a request header that is not stored otherwise: nothing, or the stand-ins of the values in it that a server
 * gave. They count in the key. Of cookies, the names are stored too.
 */
export function givenIn(
  name: string,
  value: string,
  { rules, search }: Tools,
): readonly (readonly [string, string])[] {
  const { given } = rules
  const among = (text: string): string =>
    numberedIn(search.redactString(text))
      .filter((standIn) => given.knows(standIn))
      .join(' ')
  if (given.size === 0 && !value.includes('REDACTED') && !mayEncode(value)) return []
  if (name.toLowerCase() === 'cookie') {
    const pairs = value.split(/;\s*/).flatMap((pair) => {
      const equals = pair.indexOf('=')
      const [cookie, text] = [pair.slice(0, equals).trim(), pair.slice(equals + 1).trim()]
      const found = given.of(cookie, text, 'cookie') ?? among(text)
      return equals === -1 || found === '' ? [] : [`${search.redactString(cookie)}=${found}`]
    })
    return pairs.length === 0 ? [] : [[name, pairs.toSorted().join('; ')]]
  }
  const [, scheme, rest = value] = /^(\w+) +(\S+)$/.exec(value) ?? []
  const whole =
    given.of(name, rest, 'header') ??
    (scheme && isSecretHeader(name) ? basic(scheme, rest, among) : undefined)
  const found = whole ?? among(value)
  return found === '' ? [] : [[name, found]]
}

const mayEncode = (value: string): boolean => /^basic /i.test(value)

/** The stand-ins in a name and password of basic authentication. */
function basic(scheme: string, encoded: string, among: (text: string) => string): string | undefined {
  if (!/^basic$/i.test(scheme)) return undefined
  const found = among(Buffer.from(encoded, 'base64').toString())
  return found === '' ? undefined : found
}
