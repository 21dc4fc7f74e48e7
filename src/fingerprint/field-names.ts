import { camelCase, isObject } from '../providers/json.ts'
import type { CanonicalRequest, Operation } from '../providers/types.ts'
import { BEDROCK_TOP, CHAT_TOP, GEMINI_TOP } from '../providers/volatile.ts'
import { isChat, isPlain } from './operations.ts'

/** In every key, whatever `matchOn` says. */
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
  // Beyond CANONICAL's table: other fields of the APIs that are read into canonical ones.
  ...aliases('modalities', 'responseModalities'),
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

const VOLATILE: ReadonlyMap<string, string> = new Map([...CHAT_TOP, ...GEMINI_TOP, ...BEDROCK_TOP])

/**
 * Fields that a request of these APIs may have beside the canonical ones: naming one is no typing error, whether this request
 * has it or not.
 */
const KNOWN_RAW: ReadonlySet<string> = new Set(
  [
    // canonical
    'model messages system tools tool_choice response_format reasoning_effort reasoning thinking',
    'context parallel_tool_calls max_tokens temperature top_p top_k seed n stop verbosity betas guardrail prompt suffix images raw',
    'template context_tokens input input_type dimensions encoding_format embedding_types body query sha256 host file language part',
    // volatile: naming one makes it count
    ...VOLATILE.keys(),
    // OpenAI and the compatible ones
    'frequency_penalty presence_penalty logit_bias logprobs top_logprobs modalities audio prediction stream_options moderation include',
    'truncation max_tool_calls text context_management image echo best_of size quality style background output_compression',
    'output_format moderation mask voice speed timestamp_granularities chunking_strategy instructions partial_images',
    'provider models route transforms plugins repetition_penalty repeat_penalty min_p top_a min_tokens length_penalty typical_p',
    'chat_template_kwargs guided_json guided_regex guided_choice guided_grammar ignore_eos safe_prompt thinking_budget tool_stream',
    'do_sample search_settings compound_custom documents citation_options disable_tool_validation options format extra_body',
    // Anthropic, Google, Bedrock, Cohere, Ollama, TGI
    'container output_config compaction fallbacks fallback_credit_token safetySettings tool_config speechConfig mediaResolution',
    'imageConfig routingConfig modelSelectionConfig audioTimestamp modelArmorConfig generationConfig additionalModelRequestFields',
    'additionalModelResponseFieldPaths outputConfig inferenceConfig schemaVersion max_gen_len textGenerationConfig safety_mode',
    'strict_tools truncate normalize output_dtype encoding num_ctx details return_full_text watermark top_n_tokens adapter_id',
  ].flatMap((names) => names.split(' ')),
)

/** The canonical name of what `matchOn` says, in a request of that operation. */
function canonicalName(name: string, op: Operation): string {
  if (isChat(op)) return CHAT_ALIASES.get(name) ?? ALIASES.get(name) ?? name
  if (op === 'embeddings') return EMBEDDING_ALIASES.get(name) ?? ALIASES.get(name) ?? name
  return isPlain(op) ? name : (ALIASES.get(name) ?? name)
}

/** The name of the field of this request; raw fields of Google's APIs stand in camelCase. */
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

/** The top-level fields of a JSON body nobody knows. */
export const bodyOf = (canonical: CanonicalRequest): Readonly<Record<string, unknown>> =>
  isObject(canonical['body']) ? canonical['body'] : {}

/** Whether a name in `matchOn` can mean something for requests like this one. */
export function isKnown(name: string, canonical: CanonicalRequest): boolean {
  if (name === 'api') return false
  const field = canonicalName(name, canonical.op)
  return (
    ALWAYS.has(name) ||
    KNOWN_RAW.has(field) ||
    ALIASES.has(name) ||
    CHAT_ALIASES.has(name) ||
    EMBEDDING_ALIASES.has(name) ||
    Object.hasOwn(canonical, fieldOf(name, canonical)) ||
    Object.hasOwn(bodyOf(canonical), name)
  )
}
