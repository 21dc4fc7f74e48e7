import { AMBIGUOUS_NAMES, VOLATILE_NAMES } from './credentials.ts'

/** Names of fields that do not count, with the reason (see docs/matching.md). `explainMatch` prints the reasons. */
const names = (reason: string, list: string): [string, string][] =>
  list.split(' ').map((name) => [name, reason])

/** Fields at the top level of OpenAI's APIs and the compatible ones. */
export const OPENAI_TOP: ReadonlyMap<string, string> = new Map([
  ...names('bookkeeping of the account', 'user safety_identifier metadata store session_id usage'),
  ...names('caching', 'prompt_cache_key prompt_cache_retention prompt_cache_options'),
  ...names('billing and routing class', 'service_tier'),
])

/** Fields at the top level of Anthropic Messages. */
const ANTHROPIC_TOP: ReadonlyMap<string, string> = new Map([
  ...names('bookkeeping of the account', 'metadata diagnostics user_profile_id workspace_id'),
  ...names('caching', 'cache_control'),
  ...names('billing and routing class', 'service_tier inference_geo speed billing_policy'),
  ...names('the version of the wire format', 'anthropic_version'),
])

export const GEMINI_TOP: ReadonlyMap<string, string> = new Map(names('billing', 'labels'))

export const BEDROCK_TOP: ReadonlyMap<string, string> = new Map([
  ...names('bookkeeping of the account', 'requestMetadata'),
  ...names('latency and billing class', 'performanceConfig serviceTier'),
])

export const SCHEDULING_TOP: ReadonlyMap<string, string> = new Map(names('scheduling', 'priority keep_alive'))

/** For the reader of chats, which accepts the spellings of OpenAI, Anthropic and Cohere at once. */
export const CHAT_TOP: ReadonlyMap<string, string> = new Map([
  ...ANTHROPIC_TOP,
  ...OPENAI_TOP,
  ...SCHEDULING_TOP,
])

/** Fields of a message that clients add or echo from a response. */
export const MESSAGE: ReadonlyMap<string, string> = new Map([
  ...names('an id or time of the client or server', 'id created_at timestamp'),
  ...names('echoed output metadata', 'status index annotations logprobs citations finish_reason usage'),
  ...names('caching', 'cache_control prompt_cache_breakpoint'),
])

/** Fields of a content part, a tool call or a tool. */
export const PART: ReadonlyMap<string, string> = new Map([
  ...names('caching', 'cache_control cacheControl prompt_cache_breakpoint'),
  ...names('chunking of the stream', 'eager_input_streaming'),
  ...names(
    'a signature, made anew with every recording',
    'signature thoughtSignature thought_signature encrypted_index',
  ),
])

/** Fields of a text part, in addition to those of every part. */
const TEXT_PART: ReadonlyMap<string, string> = new Map([
  ...PART,
  ...names('an id of the server', 'id'),
  ...names('echoed output metadata', 'status index annotations logprobs citations'),
])

/** Secret fields of a built-in tool. */
export const TOOL_SECRET: ReadonlyMap<string, string> = new Map(
  names('a secret', 'authorization headers authorization_token authorizationToken'),
)

/**
 * Fields at the top level of a JSON body or a form of an unknown API, if the value looks like one. Letter case, `_` and `-` do
 * not matter.
 */
export const GENERIC: ReadonlyMap<string, string> = new Map([
  ...[...VOLATILE_NAMES].map((name): [string, string] => [name, 'an id or time of this one request']),
  ...[...AMBIGUOUS_NAMES].map((name): [string, string] => [name, 'a credential']),
])

/** Caching marks are dropped at every depth. */
export const EVERYWHERE: ReadonlySet<string> = new Set(['cache_control', 'prompt_cache_breakpoint'])
/** Fields that are dropped from a message of any API. Signatures are among them, because some clients move them up from a part. */
export const MESSAGE_NAMES: ReadonlySet<string> = new Set([...MESSAGE.keys(), ...PART.keys()])
export const PART_NAMES: ReadonlySet<string> = new Set(PART.keys())
export const TEXT_PART_NAMES: ReadonlySet<string> = new Set(TEXT_PART.keys())
export const TOOL_NAMES: ReadonlySet<string> = new Set([...PART.keys(), ...TOOL_SECRET.keys()])
