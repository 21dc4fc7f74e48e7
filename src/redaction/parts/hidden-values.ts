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

/** They are made anew for each request. */
const WITHOUT_DIGEST = plainNames(`
  code_verifier client_assertion sig signature x_amz_signature x_goog_signature x_amz_content_sha256 x_amz_date x_goog_date
  policy expires se st ske skt x_amz_expires x_goog_expires
`)
/** People choose them: with many bits of a digest, one could find them in a list of words. */
const GUESSABLE = plainNames('password passwd passphrase pass pwd otp pin')
/** The length of a digest, in hexadecimal digits: enough to tell a few recordings apart, too few to find the value. */
const DIGITS = 6
/** A value that one could guess has less, and the file has as few of them as tell the recordings apart: mostly one. */
const GUESSABLE_DIGITS = 4
/** A larger body is not read for this. */
const MAX_BODY_BYTES = 1024 * 1024

/** Whether two digests may be of one value. The file has only the first digits of some. */
export function isSameDigest(one: string | undefined, other: string | undefined): boolean {
  if (one === other) return true
  if (one === undefined || other === undefined || Math.max(one.length, other.length) >= DIGITS) return false
  return one.startsWith(other) || other.startsWith(one)
}

/**
 * What the file has of a digest: of one that could be guessed, as few digits as tell it from the others.
 * @param others digests of other values at the same place
 */
export function writtenDigest(digest: string, others: readonly string[]): string {
  if (digest.length >= DIGITS) return digest
  const isTaken = (start: string): boolean =>
    others.some((other) => other.startsWith(start) && !isSameDigest(other, digest))
  let length = 1
  while (length < digest.length && isTaken(digest.slice(0, length))) length += 1
  return digest.slice(0, length)
}

/**
 * Digests of the values that redaction hides in `stored`, or that do not count because they are made for the one request. Of a password
 * and of a value under 16 characters, they are shorter.
 * @param sent the same request before it was redacted
 */
export function hiddenValues(sent: ExchangeRequest, stored: ExchangeRequest): HiddenValues {
  const found: Record<string, string> = {}
  const add = (place: string, name: string, value: string): void => {
    const told = toldApart(value)
    if (told === '' || WITHOUT_DIGEST.has(plainName(name)) || clockTime(told) !== undefined) return
    const digits = told.length < MIN_RANDOM || GUESSABLE.has(plainName(name)) ? GUESSABLE_DIGITS : DIGITS
    found[place] = createHash('sha256').update(`${place}\0${told}`).digest('hex').slice(0, digits)
    const password = passwordOf(value)
    if (password !== undefined) add(`${place}.password`, 'password', password)
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
  const basic = basicOf(value)
  return basic === undefined ? value : `user ${basic.split(':', 1)[0] ?? ''}`.padEnd(MIN_RANDOM)
}

function basicOf(value: string): string | undefined {
  const encoded = /^Basic +(\S+)$/i.exec(value)?.[1]
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString()
}

const passwordOf = (value: string): string | undefined => /:(.*)/s.exec(basicOf(value) ?? '')?.[1]

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
