import { plainNames } from '../providers/requests/credentials.ts'

/** Fields that are secret in a form, and at the top level of a JSON body, of a token endpoint. */
export const TOKEN_ENDPOINT_FIELDS = plainNames('assertion code key otp pass pwd secret ticket token')

/** A form with one of these fields, or a JSON body with one at its top level, belongs to a token endpoint. */
export const TOKEN_ENDPOINT_MARKS = plainNames(`
  grant_type token_type access_token refresh_token id_token client_secret client_assertion code_verifier
  expires_in expires_at redirect_uri
`)

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
  'destination',
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
  /(?:^|[-_])(?:organi[sz]ation|org|project|workspace|tenant|account|session|conversation)(?:[-_]?id)?$/,
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

/** Whether a secret header names who pays: an answer does not give that, a client has it from its settings. */
export const namesPayer = (name: string): boolean =>
  /(?:^|[-_])(?:organi[sz]ation|org|project|workspace|tenant|account|principal)(?:[-_]?(?:id|name))?$/.test(
    name,
  )

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
