import { camelCase, isObject, snakeCase } from '../../providers/json/json.ts'
import type { CanonicalRequest, Operation } from '../../providers/types.ts'
import { KNOWN_NAMES } from './known-names.ts'
import { isChat, isPlain } from '../operations.ts'

/** Part of every key, whatever `matchOn` says. */
export const ALWAYS: ReadonlySet<string> = new Set(['method', 'path', 'op', 'stream', 'background', 'alt'])

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
  // Other API fields that are read into canonical fields.
  ...aliases('modalities', 'responseModalities'),
  ...aliases('logprobs', 'responseLogprobs'),
  ...aliases('presence_penalty', 'presencePenalty'),
  ...aliases('frequency_penalty', 'frequencyPenalty'),
  ...aliases('response_format', 'responseMimeType responseJsonSchema format grammar'),
  ...aliases('reasoning', 'reasoning_format include_reasoning prompt_mode reasoning_config'),
  ...aliases('thinking', 'enable_thinking think'),
  ...aliases('model', 'modelId'),
])

const CHAT_ALIASES: ReadonlyMap<string, string> = new Map([
  ...aliases('messages', 'input contents'),
  ...aliases(
    'context',
    'previous_response_id conversation prompt cachedContent documents promptVariables thread',
  ),
  ...aliases('tools', 'functions mcp_servers web_search_options'),
  ...aliases('tool_choice', 'function_call'),
  ...aliases('guardrail', 'guardrailConfig'),
  ...aliases('betas', 'anthropic_beta'),
])

const EMBEDDING_ALIASES: ReadonlyMap<string, string> = new Map([
  ...aliases('input', 'texts inputText prompt inputs'),
  ...aliases('input_type', 'task_type taskType inputType'),
  ...aliases('dimensions', 'output_dimension output_dimensionality outputDimensionality'),
])

const NO_ALIASES: ReadonlyMap<string, string> = new Map()

/** The canonical field that a name in `matchOn` means for this operation. */
function canonicalName(name: string, op: Operation): string {
  if (isPlain(op)) return name
  const special = isChat(op) ? CHAT_ALIASES : op === 'embeddings' ? EMBEDDING_ALIASES : NO_ALIASES
  const found = special.get(name) ?? ALIASES.get(name)
  if (found !== undefined || KNOWN_NAMES.has(name)) return found ?? name
  // Google accepts both spellings of every field.
  const camel = camelCase(name)
  return special.get(camel) ?? ALIASES.get(camel) ?? name
}

/** The field of this request that a name in `matchOn` means. Fields of Google's APIs that are not canonical are in camelCase. */
export function fieldOf(name: string, canonical: CanonicalRequest): string {
  if (Object.hasOwn(canonical, name)) return name
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

/** The top-level fields of a JSON body of an unknown API. */
export const bodyOf = (canonical: CanonicalRequest): Readonly<Record<string, unknown>> =>
  isObject(canonical['body']) ? canonical['body'] : {}

/** The names that every `matchOn` list may contain. */
export const NAMES: ReadonlySet<string> = new Set(
  [KNOWN_NAMES, ALIASES.keys(), CHAT_ALIASES.keys(), EMBEDDING_ALIASES.keys()].flatMap((names) =>
    [...names].flatMap((name) => [name, snakeCase(name)]),
  ),
)

/** Whether a name in `matchOn` can have a meaning for requests like this one. */
export function isKnown(name: string, canonical: CanonicalRequest): boolean {
  if (name === 'api') return false
  return (
    ALWAYS.has(name) ||
    NAMES.has(name) ||
    NAMES.has(canonicalName(name, canonical.op)) ||
    Object.hasOwn(canonical, fieldOf(name, canonical)) ||
    Object.hasOwn(bodyOf(canonical), name)
  )
}
