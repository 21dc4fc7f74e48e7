import { createHash } from 'node:crypto'
import { bufferOf } from '../../base/bytes.ts'
import { clockTime } from '../../base/clock-time.ts'
import { MIN_RANDOM } from '../../base/value-shapes.ts'
import type { ExchangeRequest } from '../../exchange/exchange.ts'
import { contentTypeOf } from '../../exchange/headers.ts'
import { isList, isObject, type JsonValue, parseJson } from '../../providers/json/json.ts'
import { isUncounted, plainName, plainNames } from '../../providers/requests/credentials.ts'
import { decodeFormText, pairsOf } from '../bodies/forms.ts'
import { PLACEHOLDER } from '../edits.ts'
import { isSecretHeader } from '../names.ts'

/** A digest of each value of a request that takes no part in the key, by its place: `headers.authorization`, `query.code`. */
export type HiddenValues = Readonly<Record<string, string>>

/** Their digest could be guessed, or they are made anew for each request. */
const WITHOUT_DIGEST = plainNames(`
  password passwd passphrase pass pwd otp pin code_verifier client_assertion
  sig signature x_amz_signature x_goog_signature x_amz_content_sha256 x_amz_date x_goog_date policy
`)
/** A larger body is not read for this. */
const MAX_BODY_BYTES = 1024 * 1024

/**
 * The values that redaction hides in `stored`, or that do not count because they are made for the one request. Each has 16 characters
 * or more. A digest has 24 bits: enough to tell a few recordings apart, too few to find the value.
 * @param sent the same request before it was redacted
 */
export function hiddenValues(sent: ExchangeRequest, stored: ExchangeRequest): HiddenValues {
  const found: Record<string, string> = {}
  const add = (place: string, name: string, value: string): void => {
    const told = toldApart(value)
    if (told.length < MIN_RANDOM || WITHOUT_DIGEST.has(plainName(name)) || clockTime(told) !== undefined)
      return
    found[place] = createHash('sha256').update(`${place}\0${told}`).digest('hex').slice(0, 6)
  }
  for (const [name, value] of sent.headers) {
    const lower = name.toLowerCase()
    if (!isSecretHeader(lower) || isStored(stored, lower)) continue
    if (lower !== 'cookie') add(`headers.${lower}`, lower, value)
    else
      for (const { name: cookie, value: text = '' } of pairsOf(value.replace(/;\s*/g, '&')))
        add(`headers.cookie.${cookie}`, cookie, text)
  }
  hiddenPairs(queryOf(sent.url), queryOf(stored.url), (name, value) => add(`query.${name}`, name, value))
  hiddenInBody(sent, stored, add)
  return found
}

type Add = (place: string, name: string, value: string) => void

/** Of a signature, only whose it is: the rest is made anew for each request. Of a name with a password, only the name. */
function toldApart(value: string): string {
  const [, key] = /^(?:AWS4-HMAC-SHA256 .*?Credential=)?((?:AKIA|ASIA)\w{12,})\//.exec(value) ?? []
  if (key !== undefined) return key
  const basic = /^Basic +(\S+)$/i.exec(value)?.[1]
  if (basic === undefined) return value
  return `user ${Buffer.from(basic, 'base64').toString().split(':', 1)[0] ?? ''}`.padEnd(MIN_RANDOM)
}

/** Whether the file has the value of a header, or a stand-in for it that counts. */
const isStored = ({ headers }: ExchangeRequest, name: string): boolean =>
  headers.some(([other, value]) => other.toLowerCase() === name && value !== PLACEHOLDER)

const queryOf = (url: string): string => /\?([^#]*)/.exec(url)?.[1] ?? ''

function hiddenPairs(sent: string, stored: string, add: (name: string, value: string) => void): void {
  if (!stored.includes(PLACEHOLDER)) return
  const kept = [...pairsOf(stored)]
  let at = 0
  for (const { name, value } of pairsOf(sent)) {
    if (value !== undefined && kept[at]?.value === PLACEHOLDER && value !== PLACEHOLDER)
      add(decodeFormText(name), decodeFormText(value))
    at += 1
  }
}

function hiddenInBody(sent: ExchangeRequest, stored: ExchangeRequest, add: Add): void {
  const { body } = sent
  if (body === null || stored.body === null || body.length > MAX_BODY_BYTES) return
  const type = contentTypeOf(sent.headers)?.type
  const [text, kept] = [body, stored.body].map((bytes) => bufferOf(bytes).toString('utf8')) as [
    string,
    string,
  ]
  if (type === 'application/x-www-form-urlencoded' && !/^\s*[[{]/.test(text))
    return hiddenPairs(text, kept, (name, value) => add(`body.${name}`, name, value))
  const before = parseJson(text)?.value
  if (before === undefined) return
  hiddenInJson('body', before, parseJson(kept)?.value, add)
  if (!isObject(before)) return
  for (const [name, value] of Object.entries(before))
    if (typeof value === 'string' && isUncounted(name, value)) add(`body.${name}`, name, value)
}

function hiddenInJson(place: string, sent: JsonValue, stored: JsonValue | undefined, add: Add): void {
  if (isList(sent) && isList(stored))
    sent.forEach((one, at) => hiddenInJson(`${place}[${at}]`, one, stored[at], add))
  else if (isObject(sent) && isObject(stored))
    for (const [name, value] of Object.entries(sent)) {
      const kept = stored[name]
      if (value === undefined) continue
      if (typeof value !== 'string') hiddenInJson(`${place}.${name}`, value, kept, add)
      else if (kept === PLACEHOLDER && value !== PLACEHOLDER) add(`${place}.${name}`, name, value)
    }
}
