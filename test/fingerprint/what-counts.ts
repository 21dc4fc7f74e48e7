import type { CanonicalRequest, JsonValue } from '../../src/matching.ts'
import { isObject } from '../../src/providers/json/json.ts'
import { at, type Leaf, type Path } from './leaves.ts'

/**
 * The fields of a body that make up the prompt of a chat, in the spelling of each API. This file states the rules of
 * docs/matching.md a second time and uses no list of `src`, so that a test can compare both.
 */
const PROMPT = new Set(
  (
    'model messages input contents system instructions systemInstruction tools tool_choice toolConfig response_format output_config ' +
    'reasoning reasoning_effort thinking previous_response_id conversation prompt cachedContent documents mcp_servers ' +
    'web_search_options parallel_tool_calls stream background outputConfig'
  ).split(' '),
)

/** The part that counts, for fields that hold more than the prompt. */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  generationConfig: ['thinkingConfig', 'responseMimeType', 'responseSchema', 'responseJsonSchema'],
  text: ['format'],
  additionalModelRequestFields: ['thinking', 'reasoning_config', 'reasoning_effort'],
}

/** Names whose value decides whether they count: the corpus has only values of requests there. */
const GENERIC =
  /^(?:(?:client)?requestid|idempotencykey|correlationid|traceid|spanid|traceparent|tracestate|nonce|timestamp|expires)$/

/** What each client of JSON-RPC counts anew. */
const RPC = /^(?:id|params\._meta\.progressToken|params\.requestId)$/

const VOLATILE = new Set(
  (
    'id tool_call_id tool_use_id call_id toolUseId created_at timestamp status index annotations logprobs citations finish_reason usage ' +
    'cache_control prompt_cache_breakpoint cachePoint signature thoughtSignature thought_signature encrypted_index authorization headers ' +
    'authorization_token $schema'
  ).split(' '),
)

/** Names of fields that contain user data. Nothing in them is volatile. */
const PAYLOAD = new Set([
  'arguments',
  'args',
  'response',
  'json',
  'parameters',
  'input_schema',
  'parametersJsonSchema',
  'schema',
  'properties',
])

/** Leaves whose change may move or split what is compared, so that the path does not contain the leaf's own name. */
export const RESHAPES = new Set(['type', 'role', 'thought', 'phase', 'prefix', 'jsonrpc'])

const isInPayload = (path: Path, body: JsonValue): boolean =>
  path.some((key, index) => {
    if (typeof key !== 'string' || index === path.length - 1) return false
    if (PAYLOAD.has(key)) return true
    const owner = at(body, path.slice(0, index))
    return key === 'input' && isObject(owner) && owner['name'] !== undefined
  })

/** Fields that the canonical form does not contain, because no API takes another value there. */
function saysNothing(path: Path, body: JsonValue): boolean {
  const owner = at(body, path.slice(0, -1))
  const [top, ...rest] = path
  const name = rest.at(-1)
  if (top === 'systemInstruction' && name === 'role') return true
  if (top === 'mcp_servers' && name === 'type') return true
  if (name === 'type' && path.at(-3) === 'tool_calls') return true
  // A result is found by its id, and becomes a message with its own role.
  if (name === 'name' && /^function_?[rR]esponse$/.test(String(path.at(-2)))) return true
  return name === 'role' && isObject(owner) && isResults(owner['content'] ?? owner['parts'])
}

const isResults = (content: JsonValue | undefined): boolean =>
  Array.isArray(content) &&
  (content as JsonValue[]).every(
    (block) =>
      isObject(block) &&
      (block['type'] === 'tool_result' ||
        'toolResult' in block ||
        'functionResponse' in block ||
        'function_response' in block),
  )

/** Whether this leaf of a request's body counts by default, by docs/matching.md. */
export function counts(leaf: Leaf, body: JsonValue, canonical: CanonicalRequest): boolean {
  const { path } = leaf
  const [top, second] = path
  const { op, path: url } = canonical
  if (typeof top !== 'string') return op === 'generic'
  const isRpc = at(body, ['jsonrpc']) === '2.0' && at(body, ['method']) !== undefined
  if (op === 'generic' && isRpc && RPC.test(path.join('.'))) return false
  if (op === 'generic') return !GENERIC.test(top.toLowerCase().replace(/[_-]/g, ''))
  // The URL names the model.
  if (path.at(-1) === 'model' && url.includes('{model}')) return false
  if (op === 'embeddings') return top !== 'user'
  if (top === 'input' && second === 'converse') {
    return counts({ ...leaf, path: path.slice(2) }, at(body, ['input', 'converse']) ?? null, canonical)
  }
  if (!PROMPT.has(top) && !(PARTS[top]?.includes(String(second)) ?? false)) return false
  if (isInPayload(path, body)) return true
  if (saysNothing(path, body) || path.some((key) => typeof key === 'string' && VOLATILE.has(key)))
    return false
  const owner = at(body, path.slice(0, -1))
  const type = isObject(owner) ? owner['type'] : undefined
  return !(path.at(-1) === 'encrypted_content' && type === 'reasoning') && type !== 'redacted_thinking'
}
