import { isObject, parseJson } from '../json/json.ts'
import { plainName, plainNames } from '../requests/credentials.ts'
import { shiftTime } from './shift-time.ts'

/** What an answer that gives credentials has. */
const GIVEN = plainNames(`
  access_token id_token refresh_token token session_token client_token security_token secret_access_key secret_key access_key_id
  bearer_token
`)
/** When they expire, as a moment. */
const MOMENTS = plainNames(`
  expiration expires expires_on expires_at expires_date expiry_time expiry_date expiry expire_time ext_expires_on exp not_before
  last_updated
`)
/** For how long they are valid. */
const PERIODS = plainNames('expires_in ext_expires_in lease_duration ttl')

const XML = /<(?:SecretAccessKey|SessionToken)>/
const XML_EXPIRATION = /(<Expiration>)([^<]+)(?=<\/Expiration>)/g
const DEPTH = 5

interface Member {
  readonly name: string
  readonly value: unknown
}

/** The members that say when credentials expire; `undefined`: there are no credentials. */
function expiries(value: unknown, depth = 0): readonly Member[] | undefined {
  if (typeof value !== 'object' || value === null || depth > DEPTH) return undefined
  const inner = Object.values(value).map((one) => expiries(one, depth + 1))
  const members = isObject(value) ? Object.entries(value).map(([name, one]) => ({ name, value: one })) : []
  const names = new Set(members.map(({ name }) => plainName(name)))
  const gives =
    names.intersection(GIVEN).size > 0 &&
    (names.intersection(MOMENTS).size > 0 || names.intersection(PERIODS).size > 0)
  const own = gives ? members.filter(({ name }) => MOMENTS.has(plainName(name))) : undefined
  const all = [own, ...inner].filter((one) => one !== undefined)
  return all.length > 0 ? all.flat() : undefined
}

/** Whether a body gives credentials that expire: JSON, or the XML of AWS STS. */
export const givesCredentials = (body: string): boolean =>
  XML.test(body) || expiries(parseJson(body)?.value) !== undefined

/** A body that gives credentials, with their expiry `seconds` later. Nothing else changes. */
export function shiftExpiries(body: string, seconds: number): string {
  if (XML.test(body))
    return body.replace(XML_EXPIRATION, (_, tag: string, time: string) => tag + shiftTime(time, seconds))
  return (expiries(parseJson(body)?.value) ?? []).reduce((text, { name, value }) => {
    const member = new RegExp(`(${escaped(JSON.stringify(name))}\\s*:\\s*"?)([^",}\\]\\s][^",}\\]]*)`, 'g')
    return text.replace(member, (whole, start: string, stored: string) => {
      if (stored === value) return start + shiftTime(stored, seconds)
      // A number may be written as 1.7e9.
      return Number(stored) === value ? start + shiftTime(String(value), seconds) : whole
    })
  }, body)
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&')

/** Addresses that give credentials, or that a client asks on its way to them. */
const PATHS = [
  // EC2, ECS, GCE, Azure.
  /^\/latest\/(?:api\/token|meta-data\/iam\/security-credentials(?:\/.*)?|dynamic\/instance-identity\/.*)$/,
  /^\/computeMetadata\/v1\/instance\/service-accounts\/[^/]+\/(?:token|identity)$/,
  /^\/metadata\/identity\/oauth2\/token$/,
  // OAuth 2.0, OpenID Connect.
  /\/oauth2?\/(?:v\d[^/]*\/)?token$/,
  /\/\.well-known\/(?:openid-configuration|oauth-authorization-server)$/,
  /^\/common\/discovery\/instance$/,
  // Vault, AWS SSO.
  /^\/v1\/auth\/.+\/login(?:\/[^/]+)?$/,
  /^\/federation\/credentials$/,
]
const FORM = /(?:^|&)(?:grant_type=|Action=(?:AssumeRole|GetSessionToken|GetFederationToken))/

/** Whether a request asks for credentials, by its address or its form. */
export function asksForCredentials(url: string, body: string): boolean {
  const path = URL.parse(url)?.pathname ?? ''
  return PATHS.some((one) => one.test(path)) || FORM.test(body)
}
