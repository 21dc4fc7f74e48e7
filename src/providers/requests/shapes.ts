import { isList, isObject, type JsonObject, type JsonValue } from '../json/json.ts'

/** Blocks of Bedrock Converse. The key of a block is its type. */
const CONVERSE_BLOCK =
  /^(?:text|image|document|video|audio|toolUse|toolResult|reasoningContent|citationsContent|guardContent|cachePoint|searchResult)$/

const isUntypedBlock = (block: JsonValue): boolean =>
  isObject(block) && !('type' in block) && Object.keys(block).some((key) => CONVERSE_BLOCK.test(key))

/** Every message has a role, and content or tool calls. The messages of an application usually have neither. */
export function isChatShaped(messages: unknown): boolean {
  return (
    isList(messages) &&
    messages.length > 0 &&
    messages.every(
      (message) =>
        isObject(message) &&
        typeof message['role'] === 'string' &&
        ('content' in message || 'tool_calls' in message),
    )
  )
}

/** `messages[]` with blocks that have no `type`: `{text}`, `{toolUse}` ... */
export function isConverseShaped(messages: unknown): boolean {
  return (
    isList(messages) &&
    messages.length > 0 &&
    messages.every(
      (message) =>
        isObject(message) && isList(message['content']) && message['content'].every(isUntypedBlock),
    ) &&
    messages.some(
      (message) => isObject(message) && isList(message['content']) && message['content'].length > 0,
    )
  )
}

/** Gemini's `contents[]` with `parts`. */
export function isGeminiShaped(contents: unknown): boolean {
  return (
    isList(contents) &&
    contents.length > 0 &&
    contents.every((item) => isObject(item) && isList(item['parts']))
  )
}

/** Fields of a Responses request that no other API with an `input` string has. */
const RESPONSES_ONLY =
  'instructions previous_response_id conversation max_output_tokens max_tool_calls text reasoning truncation background include'

export function isResponsesShaped(body: JsonObject): boolean {
  const { input } = body
  if (isList(input)) return input.length > 0 && input.every(isObject) && typeof body['model'] === 'string'
  return typeof input === 'string' && RESPONSES_ONLY.split(' ').some((name) => body[name] !== undefined)
}
