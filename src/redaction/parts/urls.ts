import { toByteText } from '../byte-text.ts'
import { digestOf, PLACEHOLDER } from '../edits.ts'
import { decodeFormText, pairsOf } from '../bodies/forms.ts'
import { replaceNumbered } from '../../base/numbered.ts'
import {
  isAmbiguousSecret,
  isSecretOrVolatile,
  isSecretParameter,
  plainName,
} from '../../providers/requests/credentials.ts'
import { isWireFormatQuery } from '../names.ts'
import type { RedactionRules } from '../options.ts'
import { hasSecretPaths } from '../search/context-shapes.ts'
import type { TextSearch } from '../search/text-search.ts'

export interface UrlRedaction {
  readonly rules: RedactionRules
  readonly search: TextSearch
  /** Secrets of 8 bytes or more, in lower case, because clients write hosts in lower case. */
  readonly hostSecrets: readonly string[]
  /** Times that the clocks show at the request, ms since 1970. Absent: unknown. */
  readonly moments?: () => readonly number[]
}

const URL_PARTS = /^((?:[a-z][a-z0-9+.-]*:)?\/\/)?([^?#]*)(\?[^#]*)?(#.*)?$/is
const REDACTED_VALUE = new RegExp(`^${PLACEHOLDER}(?:-[0-9a-f]{12}|-\\d{1,9}(?:-\\d{1,4})?)?$`)

/**
 * An absolute or relative URL without its secrets.
 *
 * - Userinfo becomes `REDACTED`. The fragment is removed.
 * - Every query value is hidden. Its name stays. A value becomes `REDACTED` if its name says that it is a credential, if name and
 *   value together look like a credential or an id or time of the one request, if it contains a secret of the environment, or
 *   if it looks like a key. Two runs with different keys then make the same request.
 *   Any other value becomes `REDACTED-` and the first twelve hexadecimal digits of the SHA-256 of name, NUL and value (both
 *   decoded). Two different values stay two different requests, and a miss can name the one that differs. On disk the value is
 *   hidden, but one can see whether two values are equal, and find an easy one (a page number) by trying.
 * - `alt`, `api-version` and `beta` stay if they have one of their usual values: they select the wire format.
 * - A value that is already redacted stays: a client that follows a recorded link makes the recorded request.
 * - Host, path, query names and the values that the user keeps are searched for known secrets.
 */
export function redactUrl(url: string, redaction: UrlRedaction): string {
  const [, scheme, rest = '', query] = URL_PARTS.exec(url) ?? []
  const slash = rest.indexOf('/')
  const authority = scheme === undefined ? '' : slash === -1 ? rest : rest.slice(0, slash)
  const path = scheme === undefined ? rest : slash === -1 ? '' : rest.slice(slash)
  const at = authority.lastIndexOf('@')
  const host = redactHost(authority.slice(at + 1), redaction)
  const origin = `${scheme ?? ''}${at === -1 ? '' : `${PLACEHOLDER}@`}${host}`
  const redactedPath = redactPath(host, path, redaction)
  return origin + redactedPath + (query === undefined ? '' : `?${redactQuery(query.slice(1), redaction)}`)
}

function redactPath(host: string, path: string, { search }: UrlRedaction): string {
  const before = hasSecretPaths(host) ? host.toLowerCase().replace(/:\d+$/, '') : ''
  return search.redactString(before + path, { slashEnds: true, isName: true }).slice(before.length)
}

function redactHost(host: string, { search, hostSecrets }: UrlRedaction): string {
  let redacted = search.redactString(host)
  for (const secret of hostSecrets) {
    const at = redacted.toLowerCase().indexOf(secret)
    if (at !== -1)
      redacted = redacted.slice(0, at) + PLACEHOLDER.toLowerCase() + redacted.slice(at + secret.length)
  }
  return redacted
}

function redactQuery(query: string, redaction: UrlRedaction): string {
  const pairs = [...pairsOf(query)]
  const names = new Set(pairs.map(({ name }) => decodeFormText(name)))
  return pairs
    .map(({ name, value }) => {
      const redactedName = redaction.search.redactString(name, { isName: true })
      if (value === undefined) return redactedName
      return `${redactedName}=${redactValue(decodeFormText(name), value, names, redaction)}`
    })
    .join('&')
}

function redactValue(
  name: string,
  value: string,
  names: ReadonlySet<string>,
  redaction: UrlRedaction,
): string {
  const { rules, search } = redaction
  const decoded = decodeFormText(value)
  if (value === '' || REDACTED_VALUE.test(value)) return value
  if (rules.keep.has(plainName(name))) return search.redactKnown(value)
  if (rules.query.has(name.toLowerCase())) return PLACEHOLDER
  const given = rules.given.of(name, decoded, 'query')
  if (given !== undefined) return given
  if (isSecretParameter(name, names) || isAmbiguousSecret(name, decoded))
    return rules.given.hide(name, decoded, 'query')
  if (isSecretOrVolatile(name, decoded, { moments: redaction.moments?.() })) return PLACEHOLDER
  if (isWireFormatQuery(name, decoded)) return value
  if (search.find(toByteText(value)).length > 0 || search.find(toByteText(decoded)).length > 0)
    return digestWithNumbers(name, decoded, search)
  return digestOf(name, decoded)
}

/** A value that contains a secret: two values that contain different stand-ins with numbers stay two. */
function digestWithNumbers(name: string, decoded: string, search: TextSearch): string {
  const shown = search.redactString(decoded)
  const rest = replaceNumbered(shown, () => '')
  return rest !== shown && !rest.includes(PLACEHOLDER) ? digestOf(name, shown) : PLACEHOLDER
}

export const isRedactedValue = (value: string): boolean => REDACTED_VALUE.test(value)
