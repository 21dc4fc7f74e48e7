import { UnknownMatchFieldError } from '../errors/unknown-match-field-error.ts'
import { camelCase, isObject } from '../providers/json.ts'
import type { CanonicalRequest, Operation } from '../providers/types.ts'
import { OPENAI_TOP } from '../providers/volatile.ts'

/** What determines the answer of a chat (CANONICAL section 1). */
export const DEFAULT_MATCH_ON: readonly string[] = [
  'model',
  'messages',
  'system',
  'tools',
  'tool_choice',
  'response_format',
  'reasoning_effort',
  'reasoning',
  'thinking',
]

/** What determines the answer of a completion. */
const COMPLETION: readonly string[] =
  'model prompt suffix system images raw template context_tokens reasoning_effort reasoning thinking'.split(
    ' ',
  )

/** In every key, whatever `matchOn` says. */
const ALWAYS: ReadonlySet<string> = new Set(['method', 'path', 'op', 'stream', 'background', 'alt'])

/** `matchOn: ['*']`: what the operation compares by itself. */
export const EVERYTHING = '*'

const aliases = (name: string, spellings: string): [string, string][] =>
  spellings.split(' ').map((spelling) => [spelling, name])

const ALIASES: ReadonlyMap<string, string> = new Map([
  ...aliases(
    'max_tokens',
    'max_completion_tokens max_output_tokens maxOutputTokens maxTokens num_predict max_new_tokens',
  ),
  ...aliases('top_p', 'topP p'),
  ...aliases('top_k', 'topK k'),
  ...aliases('seed', 'random_seed'),
  ...aliases('stop', 'stop_sequences stopSequences'),
  ...aliases('n', 'candidateCount'),
  ...aliases('system', 'instructions systemInstruction'),
  ...aliases('prompt', 'inputs'),
  ...aliases('tool_choice', 'toolConfig toolChoice'),
  ...aliases('response_format', 'responseSchema output_format'),
  ...aliases('thinking', 'thinkingConfig'),
  // Beyond CANONICAL's table: other spellings of canonical fields.
  ...aliases('modalities', 'responseModalities'),
  ...aliases('presence_penalty', 'presencePenalty'),
  ...aliases('frequency_penalty', 'frequencyPenalty'),
  ...aliases('guardrail', 'guardrailConfig'),
])

const CHAT_ALIASES: ReadonlyMap<string, string> = new Map(aliases('messages', 'input contents'))

const EMBEDDING_ALIASES: ReadonlyMap<string, string> = new Map([
  ...aliases('input', 'texts inputText prompt inputs'),
  ...aliases('input_type', 'task_type taskType inputType'),
  ...aliases('dimensions', 'output_dimension output_dimensionality outputDimensionality'),
])

const CHATS: ReadonlySet<Operation> = new Set<Operation>(['chat', 'count_tokens', 'responses.compact'])

/** Operations that compare a conversation; all others but completions compare every field they have. */
export const isChat = (op: Operation): boolean => CHATS.has(op)

/** Operations whose keys hold the host: two services share paths like `/health`. */
export const isPlain = (op: Operation): boolean =>
  op === 'generic' || op === 'none' || op === 'binary' || op === 'multipart'

/**
 * Fields that a request of these APIs may have beside the canonical ones: naming one is no typing error, whether this request
 * has it or not.
 */
const KNOWN_RAW: ReadonlySet<string> = new Set(
  (
    'context parallel_tool_calls max_tokens temperature top_p top_k seed n stop verbosity betas guardrail prompt suffix images raw ' +
    'template context_tokens input input_type dimensions encoding_format embedding_types body query sha256 host file language ' +
    'user safety_identifier prompt_cache_key prompt_cache_retention prompt_cache_options metadata store service_tier session_id usage ' +
    'cache_control inference_geo speed diagnostics user_profile_id workspace_id billing_policy anthropic_version labels priority ' +
    'keep_alive requestMetadata performanceConfig serviceTier ' +
    'frequency_penalty presence_penalty repetition_penalty repeat_penalty min_p top_a logit_bias logprobs top_logprobs modalities audio ' +
    'prediction stream_options moderation provider models route transforms plugins include truncation max_tool_calls text ' +
    'context_management container output_config compaction fallbacks fallback_credit_token safetySettings tool_config speechConfig ' +
    'mediaResolution imageConfig routingConfig modelSelectionConfig audioTimestamp modelArmorConfig additionalModelRequestFields ' +
    'additionalModelResponseFieldPaths outputConfig safety_mode citation_options strict_tools safe_prompt chat_template_kwargs ' +
    'guided_json guided_regex guided_choice guided_grammar ignore_eos best_of details num_ctx options format size quality style ' +
    'background output_compression voice speed response_format timestamp_granularities chunking_strategy mask image truncate ' +
    'normalize output_dtype encoding echo'
  ).split(' '),
)

/** The canonical name of what `matchOn` says, in a request of that operation. */
export function canonicalName(name: string, op: Operation): string {
  if (isChat(op)) return CHAT_ALIASES.get(name) ?? ALIASES.get(name) ?? name
  if (op === 'embeddings') return EMBEDDING_ALIASES.get(name) ?? ALIASES.get(name) ?? name
  return isPlain(op) ? name : (ALIASES.get(name) ?? name)
}

/** The name of the field of this request; raw fields of Google's APIs stand in camelCase. */
function fieldOf(name: string, canonical: CanonicalRequest): string {
  const field = canonicalName(name, canonical.op)
  if (Object.hasOwn(canonical, field)) return field
  if (Object.hasOwn(canonical, `body.${field}`)) return `body.${field}`
  const camel = camelCase(field)
  return Object.hasOwn(canonical, camel) ? camel : field
}

const NO_FIELDS: ReadonlySet<string> = new Set([...ALWAYS, 'api', 'host'])

/** The canonical fields of a request, without those of the envelope. */
export const fieldsOf = (canonical: CanonicalRequest): string[] =>
  Object.keys(canonical).filter((name) => !NO_FIELDS.has(name))

const bodyOf = (canonical: CanonicalRequest): Readonly<Record<string, unknown>> =>
  isObject(canonical['body']) ? canonical['body'] : {}

/** What a request is compared by. */
export interface Selection {
  /** Canonical field names, riders included. */
  readonly fields: readonly string[]
  /** Of a JSON body nobody knows: its top-level keys; absent: the whole body. */
  readonly bodyKeys?: readonly string[]
  /** The names as they are stored in `match.on`: giving them back as `matchOn` selects the same. */
  readonly on: readonly string[]
}

const RIDERS: ReadonlyMap<string, string> = new Map([
  ['messages', 'context'],
  ['tool_choice', 'parallel_tool_calls'],
])

const withRiders = (names: readonly string[]): string[] =>
  names.flatMap((name) => {
    const rider = RIDERS.get(name)
    return rider === undefined ? [name] : [name, rider]
  })

function byItself(canonical: CanonicalRequest): Selection {
  if (isChat(canonical.op)) return { fields: withRiders(DEFAULT_MATCH_ON), on: DEFAULT_MATCH_ON }
  return { fields: canonical.op === 'completion' ? COMPLETION : fieldsOf(canonical), on: [EVERYTHING] }
}

/**
 * What `matchOn` selects of a request. For other operations than chat a list counts only if it names a field they have,
 * beside `model` and what only chats are asked for: a list made for chats must not make all embeddings of a model one.
 */
export function select(canonical: CanonicalRequest, matchOn: readonly string[] | undefined): Selection {
  if (matchOn === undefined || isDefault(matchOn)) return byItself(canonical)
  if (matchOn.includes(EVERYTHING)) return withHost(byItself(canonical), matchOn)
  const { op } = canonical
  const names = [...new Set(matchOn.map((name) => fieldOf(name, canonical)))]
  if (isChat(op)) {
    const fields = names.filter((name) => !ALWAYS.has(name) && name !== 'host')
    return { fields: withRiders(fields), on: names }
  }
  const body = bodyOf(canonical)
  const keys = op === 'generic' ? matchOn.filter((name) => Object.hasOwn(body, name)) : []
  const own = new Set(fieldsOf(canonical))
  const named = names.filter((name) => own.has(name))
  const applies = named.some((name) => name !== 'model' && (isPlain(op) || !CHAT_ONLY.has(name)))
  if (keys.length === 0 && !applies) {
    return withHost(byItself(canonical), names)
  }
  const wholeBody = op !== 'generic' || named.includes('body')
  return {
    fields: keys.length > 0 && !named.includes('body') ? [...named, 'body'] : named,
    ...(wholeBody ? {} : { bodyKeys: keys }),
    on: [...new Set([...names, ...keys])],
  }
}

const withHost = (selection: Selection, names: readonly string[]): Selection =>
  names.includes('host') ? { ...selection, on: [...selection.on, 'host'] } : selection

const CHAT_ONLY: ReadonlySet<string> = new Set([...DEFAULT_MATCH_ON, ...OPENAI_TOP.keys()])

const isDefault = (names: readonly string[]): boolean =>
  names.length === DEFAULT_MATCH_ON.length && DEFAULT_MATCH_ON.every((name) => names.includes(name))

/**
 * Throws `UnknownMatchFieldError` when `names` holds a name that neither the canonical request nor these requests have.
 * Requests without a JSON body or a form have no fields to name: they are not asked.
 */
export function checkMatchOn(
  names: readonly string[] | undefined,
  ...requests: readonly CanonicalRequest[]
): void {
  if (names === undefined) return
  const asked = requests.filter(({ op }) => op !== 'none' && op !== 'binary')
  if (asked.length === 0) return
  const unknown = names.filter((name) => !asked.some((canonical) => isKnown(name, canonical)))
  if (unknown.length === 0) return
  const available = asked.flatMap((canonical) => [
    ...Object.keys(canonical),
    ...Object.keys(bodyOf(canonical)),
  ])
  throw new UnknownMatchFieldError(
    unknown,
    [...new Set(available)].filter((name) => name !== 'api').toSorted(),
  )
}

function isKnown(name: string, canonical: CanonicalRequest): boolean {
  const field = canonicalName(name, canonical.op)
  return (
    name === EVERYTHING ||
    ALWAYS.has(name) ||
    DEFAULT_MATCH_ON.includes(field) ||
    KNOWN_RAW.has(field) ||
    ALIASES.has(name) ||
    CHAT_ALIASES.has(name) ||
    EMBEDDING_ALIASES.has(name) ||
    Object.hasOwn(canonical, fieldOf(name, canonical)) ||
    Object.hasOwn(bodyOf(canonical), name)
  )
}
