import { clockTime } from '../../base/clock-time.ts'
import { isNumbered } from '../../base/numbered.ts'
import { isRawNumber } from '../json/json.ts'
import { looksLikeCredential } from '../../base/value-shapes.ts'

/** The form in which names are compared: letter case, `-` and `_` do not matter. */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/[-_]/g, '')
}

/** A set of names in the form of {@link plainName}. */
export const plainNames = (names: string): ReadonlySet<string> =>
  new Set(names.trim().split(/\s+/).map(plainName))

/**
 * Names that say without doubt that their value is a credential, in JSON, forms, multipart bodies and queries: OAuth (RFC 6749,
 * 7521, 7636, 8628, 8693), OpenID Connect, cloud credentials, provider keys, passwords.
 */
export const SECRET_FIELDS = plainNames(`
  access_token refresh_token id_token client_secret client_assertion code_verifier subject_token actor_token
  device_code registration_access_token
  api_key x_api_key x_goog_api_key secret_key private_key account_key subscription_key
  aws_secret_access_key secret_access_key aws_session_token x_amz_security_token
  auth_token authorization_token bearer_token session_token security_token csrf_token xsrf_token sas_token
  authorization proxy_authorization x_auth_token set_cookie
  iam_request_headers
  password passwd passphrase pass pwd otp pin connection_string client_secret_value
`)

/** The same for queries and forms alone. */
const SECRET_PARAMETERS = plainNames('secret jwt aws_access_key_id saml_assertion saml_response')

/** Names of credentials that are also names of data: `code` is an authorization code or a country. The value decides. */
export const AMBIGUOUS_NAMES = plainNames(`
  key code token ticket auth sid session assertion sig signature credential credentials secret secret_id jwt
`)

/** The same in JSON. There `signature` is what a model's API wants back, and a webhook's. */
export const AMBIGUOUS_FIELDS: ReadonlySet<string> = new Set(
  [...AMBIGUOUS_NAMES].filter((name) => !name.startsWith('sig')),
)

/** Names of ids and times of the one request. The value decides whether it is one. */
export const VOLATILE_NAMES = plainNames(`
  request_id client_request_id idempotency_key correlation_id trace_id span_id traceparent tracestate nonce timestamp expires
`)

/** Names of signed assertions, by which a client asks for credentials (RFC 7521, RFC 8693, AWS STS, Vault). */
const ASSERTIONS = plainNames('assertion client_assertion subject_token actor_token web_identity_token jwt')
/** Whether a signed assertion may have this name. */
export const isAssertionName = (name: string): boolean => ASSERTIONS.has(plainName(innerName(name)))

/** Random values by which a client proves that it is the one that asked before (RFC 6749, section 10.12, and RFC 7636). */
const PROOFS = plainNames('state nonce code_challenge code_verifier')
/** Names that only requests of OAuth have. */
const OAUTH_MARKS = plainNames('grant_type response_type')

/**
 * Whether a field proves who asks for credentials, and says nothing of what is asked for.
 * @param others the names of the other fields
 */
export function isProof(name: string, value: unknown, others: ReadonlySet<string>): boolean {
  if (!PROOFS.has(plainName(name))) return false
  const beside = new Set([...others].map(plainName))
  if (OAUTH_MARKS.intersection(beside).size > 0) return true
  // The way back of OAuth.
  return beside.has('code') && typeof value === 'string' && (isDigest(value) || looksLikeCredential(value))
}

const SIGNED = plainNames('sig signature')
/** Query parameters that change with each signature: Azure SAS, CloudFront, S3 and GCS version 2. */
const SIGNING = plainNames(
  'se st sv sr sp spr sip skoid sktid skt ske sks skv expires policy key_pair_id google_access_id',
)
/** Of these, the ones that only signed URLs have. */
const SIGNED_WITH = plainNames('se sv sp key_pair_id google_access_id aws_access_key_id expires policy')

/** What a value that redaction has hidden is replaced by. */
const HIDDEN = 'REDACTED'
const HOUR_MS = 3_600_000

/** When a request was made. */
export interface Moment {
  /** Times that its clocks showed, ms since 1970. Absent: unknown, so that any time from 2000 to 2100 may be it. */
  readonly moments?: readonly number[] | undefined
}

/** Whether a value is an id or a time of the one request: a UUID, random text, or a clock time within an hour of the request. */
function looksVolatile(value: unknown, { moments }: Moment = {}): boolean {
  if (typeof value === 'string' && looksLikeCredential(value)) return true
  const time = clockTime(isRawNumber(value) ? value.rawJSON : value)
  return time !== undefined && (moments === undefined || moments.some((at) => Math.abs(time - at) <= HOUR_MS))
}

/** The name of the innermost field: `password` of `user[password]`. */
const innerName = (name: string): string => /\[([^[\]]+)\]$/.exec(name)?.[1] ?? name

/**
 * Whether the name of a query parameter or a form field makes its value a credential, whatever the value.
 * @param others the names of the other parameters: a signature is known by what it signs
 */
export function isSecretParameter(name: string, others: ReadonlySet<string>): boolean {
  const plain = plainName(innerName(name))
  if (SECRET_FIELDS.has(plain) || SECRET_PARAMETERS.has(plain) || /^x(?:amz|goog)/.test(plain)) return true
  if (!SIGNED.has(plain) && !SIGNING.has(plain)) return false
  const beside = [...others].map(plainName).filter((other) => other !== plain)
  return SIGNED.has(plain)
    ? beside.some((other) => SIGNED_WITH.has(other))
    : beside.some((other) => SIGNED.has(other))
}

/** Whether a value under a name that may mean data is a credential. */
export function isAmbiguousSecret(name: string, value: string): boolean {
  return AMBIGUOUS_NAMES.has(plainName(innerName(name))) && looksLikeCredential(value)
}

/** Whether name and value together make a credential, or an id or time of the one request. */
export function isSecretOrVolatile(name: string, value: unknown, moment?: Moment): boolean {
  const plain = plainName(innerName(name))
  if (VOLATILE_NAMES.has(plain) || plain === '') return looksVolatile(value, moment)
  return typeof value === 'string' && isAmbiguousSecret(name, value)
}

/** Whether a value is the digest of one that counts. It looks random, and counts as the value does. */
export const isDigest = (value: string): boolean => /^REDACTED-[0-9a-f]{12}$/.test(value)

/** Whether a parameter or field with such a value takes no part in a key. What redaction has hidden was one of these. */
export function isUncounted(name: string, value: unknown, moment?: Moment): boolean {
  const plain = plainName(innerName(name))
  if (typeof value === 'string' && isDigest(value)) return false
  if (value === HIDDEN) return VOLATILE_NAMES.has(plain) || AMBIGUOUS_NAMES.has(plain) || plain === ''
  return isSecretOrVolatile(name, value, moment)
}

/** Whether a parameter of a query or a form takes no part in a key. */
export function isUncountedParameter(
  name: string,
  value: unknown,
  others: ReadonlySet<string>,
  moment?: Moment,
): boolean {
  if (typeof value === 'string' && (isNumbered(value) || (isDigest(value) && isAssertionName(name))))
    return false
  return isSecretParameter(name, others) || isProof(name, value, others) || isUncounted(name, value, moment)
}
