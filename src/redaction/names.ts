/** The form in which names are compared: letter case, `-` and `_` do not matter. */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/[-_]/g, '')
}

const setOf = (names: string): ReadonlySet<string> => new Set(names.trim().split(/\s+/).map(plainName))

/**
 * Fields that are secret anywhere in a JSON body, a form or a multipart body: OAuth (RFC 6749, 7521, 7636, 8628, 8693), OpenID
 * Connect, cloud credentials, provider keys. `signature`, `token`, `code` and similar names are absent, because LLM answers
 * use them for content.
 */
export const SECRET_FIELDS = setOf(`
  access_token refresh_token id_token client_secret client_assertion code_verifier subject_token actor_token
  device_code registration_access_token
  api_key x_api_key x_goog_api_key secret_key private_key account_key subscription_key
  aws_secret_access_key secret_access_key aws_session_token x_amz_security_token
  auth_token authorization_token bearer_token session_token security_token csrf_token xsrf_token sas_token
  authorization proxy_authorization x_auth_token set_cookie
  password passwd passphrase connection_string client_secret_value
`)

/** Fields that are secret in forms, and at the top level of a JSON body of a token endpoint. */
export const TOKEN_ENDPOINT_FIELDS = setOf('assertion code key otp pass pwd secret ticket token')

/** A JSON body with one of these at its top level belongs to a token endpoint. */
export const TOKEN_ENDPOINT_MARKS = setOf(`
  grant_type token_type access_token refresh_token id_token client_secret client_assertion code_verifier
  expires_in expires_at redirect_uri
`)

/** Query parameters whose value is always secret. */
const SECRET_QUERY = setOf(`
  key api_key x_api_key subscription_key token auth auth_token authorization jwt sig signature code
  assertion secret pwd pass otp ticket credential credentials aws_access_key_id
`)

const SIGNED_QUERY = setOf('sig signature')
/** Query parameters that change with each signature: Azure SAS, CloudFront, S3 and GCS version 2. */
const SIGNING_QUERY = setOf(
  'se st sv sr sp spr sip skoid sktid skt ske sks skv expires policy key_pair_id google_access_id',
)

/** Whether the name of a query parameter makes its value a credential. `others`: the names of the other parameters. */
export function isSecretQuery(name: string, others: ReadonlySet<string>): boolean {
  const plain = plainName(name)
  const inner = /\[([^[\]]+)\]$/.exec(plain)?.[1] ?? plain
  if (SECRET_QUERY.has(inner) || SECRET_FIELDS.has(inner) || /^x(?:amz|goog)/.test(inner)) return true
  return SIGNING_QUERY.has(inner) && [...others].some((other) => SIGNED_QUERY.has(plainName(other)))
}

/**
 * Whether a query value selects the wire format or the version of the API. Such a value is kept.
 */
export function isWireFormatQuery(name: string, value: string): boolean {
  switch (name.toLowerCase()) {
    case 'alt':
      return /^(?:sse|json|media|proto)$/i.test(value)
    case 'api-version':
      return /^(?:v?\d{1,4}[\w.-]{0,24}|preview|latest)$/i.test(value)
    case 'beta':
      return /^(?:true|false|0|1)$/i.test(value)
    default:
      return false
  }
}

/**
 * Request headers that are stored. None of them contains a credential or identifies the user. Each describes the request: the
 * format of the body or the answer, a range of a resource, the version or the operation of an API.
 */
export const STORED_REQUEST_HEADERS: ReadonlySet<string> = new Set([
  'accept',
  'accept-language',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-range',
  'content-type',
  'depth',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'prefer',
  'range',
  'sec-websocket-protocol',
  'soapaction',
  'x-http-method-override',
  'anthropic-beta',
  'anthropic-version',
  'mcp-protocol-version',
  'openai-beta',
  'x-amz-target',
  'x-amzn-bedrock-accept',
  'x-goog-fieldmask',
])

const SECRET_HEADERS: ReadonlySet<string> = new Set([
  'authentication-info',
  'cookie',
  'cookie2',
  'mcp-session-id',
  'proxy-authentication-info',
  'set-cookie',
  'set-cookie2',
  'x-amz-credential',
  'x-amz-signature',
  'x-amz-content-sha256',
  'x-goog-user-project',
  'x-ms-client-principal',
  'x-ms-client-principal-id',
  'x-ms-client-principal-name',
  // The account that pays: OpenAI, Anthropic, ChatGPT and others.
  'anthropic-organization-id',
  'anthropic-workspace-id',
  'chatgpt-account-id',
  'openai-organization',
  'openai-project',
])

const SECRET_HEADER_SHAPES: readonly RegExp[] = [
  /authorization$/,
  /(?:^|[-_])(?:token|secret|password|passwd|credentials?|jwt|signature|apikey)$/,
  /(?:^|[-_])(?:api|access|account|admin|auth|customer|functions|host|master|private|secret|service|shared|subscription)-?key$/,
  /(?:^|[-_])(?:organi[sz]ation|org|project|workspace|tenant|account|session)(?:[-_]?id)?$/,
]
/** `*-token(s)` headers that page a listing or count an LLM's tokens, and CORS headers. They are not credentials. */
const HARMLESS_HEADER =
  /(?:continuation|next|page|sync|delta|skip)-?token$|ratelimit|tokens$|^access-control-/

/** Whether a header's value is a credential or a session, or names the organisation or project that pays. */
export function isSecretHeader(name: string): boolean {
  const lower = name.toLowerCase()
  if (SECRET_HEADERS.has(lower)) return true
  return !HARMLESS_HEADER.test(lower) && SECRET_HEADER_SHAPES.some((shape) => shape.test(lower))
}

/** Response headers that contain URLs. */
export const URL_HEADERS: ReadonlySet<string> = new Set([
  'azure-asyncoperation',
  'content-location',
  'link',
  'location',
  'operation-location',
  'refresh',
  'x-goog-upload-control-url',
  'x-goog-upload-url',
])
