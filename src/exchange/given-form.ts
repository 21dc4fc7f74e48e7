import type { JsonValue } from './json-value.ts'

/**
 * What a client needs of the form of a value that redaction replaced by a numbered stand-in. The texts in it are stand-ins, or
 * what may be known.
 */
export type GivenForm =
  /** The header and the claims of a JSON Web Token. Without claims it is encrypted. */
  | { readonly jwt: readonly [header: JsonValue, claims?: JsonValue] }
  /** `k=v;k=v` */
  | { readonly pairs: string }
  /** What is encoded. `as`: the alphabet; with `base64` it is padded. */
  | { readonly base64: JsonValue; readonly as?: 'base64url' }
  /** How many digits a number has, and where it was given: a number is known only there. */
  | { readonly digits: number; readonly at: string }

/** The forms of a response, by the stand-in. */
export type GivenForms = Readonly<Record<string, GivenForm>>

/** Claims that are times, in s since 1970 (RFC 7519, section 4.1; OpenID Connect Core, section 2). */
const TIME_CLAIMS: ReadonlySet<string> = new Set(['iat', 'exp', 'nbf', 'auth_time', 'updated_at'])
/** Times from 2001 to 2286. */
const isTime = (value: unknown): value is number => typeof value === 'number' && value >= 1e9 && value < 1e10

export const isTimeClaim = (name: string, value: unknown): boolean => TIME_CLAIMS.has(name) && isTime(value)

/**
 * A value of that form, in which the number of the stand-in is: two stand-ins make two values.
 * @param seconds by which its times are later
 */
export function makeGiven(standIn: string, form: GivenForm, seconds: number): string {
  if ('jwt' in form) {
    const [header, claims] = form.jwt
    const signature = base64url(standIn)
    if (claims === undefined)
      return [base64url(JSON.stringify(header)), '', signature, signature, signature].join('.')
    return [
      base64url(JSON.stringify(header)),
      base64url(JSON.stringify(later(claims, seconds))),
      signature,
    ].join('.')
  }
  if ('pairs' in form) return laterPairs(form.pairs, seconds)
  if ('digits' in form) return digitsOf(standIn, form.digits)
  const { base64, as } = form
  const text =
    typeof base64 === 'string' ? laterPairs(base64, seconds) : JSON.stringify(later(base64, seconds))
  return Buffer.from(text).toString(as ?? 'base64')
}

const base64url = (text: string): string => Buffer.from(text).toString('base64url')

function later(claims: JsonValue, seconds: number): JsonValue {
  if (typeof claims !== 'object' || claims === null || Array.isArray(claims)) return claims
  return Object.fromEntries(
    Object.entries(claims).map(([name, value]) => [
      name,
      isTimeClaim(name, value) ? (value as number) + seconds : value,
    ]),
  )
}

const laterPairs = (text: string, seconds: number): string =>
  text.replaceAll(/(?<=(?:^|[;&,]\s?)(?:exp|iat|nbf|se)=)\d{10}(?=$|[;&,:])/g, (time) =>
    String(Number(time) + seconds),
  )

/** A number of so many digits, or more if the stand-in does not fit. */
function digitsOf(standIn: string, digits: number): string {
  const [number = '', index = '1'] = standIn.replace('REDACTED-', '').split('-')
  const own = `${number}${index.padStart(2, '0')}`
  return `9${own.padStart(digits - 1, '0')}`
}
