import { looksLikeCredential } from '../../base/value-shapes.ts'
import { type GivenForm, isTimeClaim } from '../../exchange/given-form.ts'
import type { JsonValue } from '../../exchange/json-value.ts'

type JsonObject = Readonly<Record<string, JsonValue>>
/** Hides a text that has a name. */
type Hide = (name: string, text: string) => string

/** Claims that say for whom and for what a token is, which programs decide by. */
const KEPT_CLAIMS: ReadonlySet<string> = new Set('iss aud azp tid scp scope roles'.split(' '))
const JWT = /^([\w-]+)\.([\w-]+)\.([\w-]*)$/
/** An encrypted one has five parts (RFC 7516, section 3.1). */
const JWE = /^([\w-]+)\.[\w-]*\.[\w-]+\.[\w-]+\.[\w-]+$/
const PAIR = String.raw`[\w.-]+=[\w.:/+~%@=-]*`
const PAIRS = new RegExp(`^${PAIR}(?:(?<separator>;|&|,) ?${PAIR})(?:\\k<separator> ?${PAIR})*$`)
const MIN_ENCODED = 12
/** A longer value has no form that a program reads. */
const LONGEST = 8192

/**
 * The form of a value that a server gave, if it has one that a program may read; `undefined`: any text will do.
 * @param at its place and name
 */
export function formOf(value: string, at: string, hide: Hide): GivenForm | undefined {
  if (value.length > LONGEST) return undefined
  if (/^\d+$/.test(value)) return { digits: value.length, at }
  return jwtOf(value, hide) ?? pairsOf(value, hide) ?? base64Of(value, hide)
}

function jwtOf(value: string, hide: Hide): GivenForm | undefined {
  const [, head = '', payload] = JWT.exec(value) ?? JWE.exec(value) ?? []
  const header = head.startsWith('ey') ? jsonOf(head) : undefined
  if (header?.['alg'] === undefined) return undefined
  if (payload === undefined) return { jwt: [header] }
  const claims = jsonOf(payload)
  return claims && { jwt: [header, hidden(claims, hide)] }
}

/** The claims: stand-ins of their own type for what may be the user's. */
const hidden = (claims: object, hide: Hide): JsonValue =>
  Object.fromEntries(
    Object.entries(claims).map(([name, value]) => [
      name,
      KEPT_CLAIMS.has(name) || isTimeClaim(name, value)
        ? (value as JsonValue)
        : hiddenValue(name, value, hide),
    ]),
  )

function hiddenValue(name: string, value: unknown, hide: Hide): JsonValue {
  if (typeof value === 'string') return value === '' ? value : hide(name, value)
  if (typeof value === 'number') return 0
  if (Array.isArray(value)) return value.map((one) => hiddenValue(name, one, hide))
  return typeof value === 'object' && value !== null ? hidden(value, hide) : (value as JsonValue)
}

function pairsOf(value: string, hide: Hide): GivenForm | undefined {
  return PAIRS.test(value) ? { pairs: hiddenPairs(value, hide) } : undefined
}

const hiddenPairs = (text: string, hide: Hide): string =>
  text.replaceAll(/(?<=^|[;&,] ?)([\w.-]+)=([^;&,]+)/g, (pair, name: string, value: string) =>
    isTimeClaim(name, Number(value)) ? pair : `${name}=${hide(name, value)}`,
  )

function base64Of(value: string, hide: Hide): GivenForm | undefined {
  if (value.length < MIN_ENCODED || !/^[\w+/-]+={0,2}$/.test(value)) return undefined
  const isUrl = /[-_]/.test(value) || (value.length % 4 !== 0 && !value.endsWith('='))
  const bytes = Buffer.from(value, 'base64')
  if (bytes.toString(isUrl ? 'base64url' : 'base64') !== value) return undefined
  const text = bytes.toString('latin1')
  const json = jsonText(bytes.toString())
  const alphabet = isUrl ? { as: 'base64url' as const } : {}
  if (json) return { base64: hidden(json, hide), ...alphabet }
  if (!/^[\x20-\x7e]+$/.test(text)) return undefined
  return { base64: PAIRS.test(text) ? hiddenPairs(text, hide) : hide('', text), ...alphabet }
}

const jsonOf = (part: string): JsonObject | undefined => jsonText(Buffer.from(part, 'base64url').toString())

function jsonText(text: string): JsonObject | undefined {
  if (!text.startsWith('{')) return undefined
  try {
    return JSON.parse(text) as JsonObject
  } catch {
    return undefined
  }
}

/** Claims that name a user, a session or the token. */
const IDS: ReadonlySet<string> = new Set('sub oid sid jti'.split(' '))

/** Whether what a part of a token says is known wherever the client sends it. Of other parts a client may have the same from elsewhere. */
export const isKnownAnywhere = (name: string, value: string): boolean =>
  IDS.has(name) || looksLikeCredential(value)
