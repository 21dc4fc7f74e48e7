import { addMessages } from '../chat/messages.ts'
import { completionBody, hasPrompt, lifted } from './completion.ts'
import { embeddingsBody, hasInput } from './embeddings.ts'
import { Fields, present } from '../requests/fields.ts'
import { isObject, type JsonObject, type JsonValue } from '../json/json.ts'
import * as settings from '../chat/settings.ts'
import { isChatShaped } from '../requests/shapes.ts'
import { readToolChoice, toolFields } from '../chat/tool-choice.ts'
import { readTools, sortTools } from '../chat/tools.ts'
import { Transcript } from '../chat/transcript.ts'
import type { Canonical, ParsedRequest, Provider } from '../types.ts'
import { OPENAI_TOP, SCHEDULING_TOP } from '../requests/volatile.ts'

const VOLATILE: ReadonlyMap<string, string> = new Map([...OPENAI_TOP, ...SCHEDULING_TOP])

const hasModel = (body: JsonObject): boolean => typeof body['model'] === 'string'

/**
 * Ollama's own chat API, documented by the types of `ollama` (`ChatRequest`). The body must name a model, because the
 * `/api/chat` route of an application usually has none.
 */
export const ollamaChat: Provider = {
  api: 'ollama-chat',
  detect: ({ path, body }) => path.endsWith('/api/chat') && hasModel(body) && isChatShaped(body['messages']),
  operation: () => 'chat',
  canonicalize: chat,
}

export const ollamaGenerate: Provider = {
  api: 'ollama-generate',
  detect: ({ path, body }) => path.endsWith('/api/generate') && hasModel(body) && hasPrompt(body),
  operation: () => 'completion',
  canonicalize: generate,
}

export const ollamaEmbed: Provider = {
  api: 'ollama-embed',
  detect: ({ path, body }) => /\/api\/embed(?:dings)?$/.test(path) && hasModel(body) && hasInput(body),
  operation: () => 'embeddings',
  canonicalize: (request) => embeddingsBody(request.body, request),
}

/** Ollama streams by default. */
const streams = (body: JsonObject): boolean => body['stream'] !== false

function chat(request: ParsedRequest): Canonical {
  const original = request.body
  const fields = new Fields(lifted(original, 'options', original['options']))
  const transcript = new Transcript()
  addMessages(transcript, fields.take('messages'))
  fields.take('stream')
  const think = fields.take('think')
  const choice = readToolChoice(fields.take('tool_choice'))
  const canonical = {
    model: settings.modelName(fields.take('model')),
    ...transcript.finish(),
    ...toolFields(sortTools(readTools(fields.take('tools'))), choice, false),
    ...thinkFields(think),
    response_format: format(fields.take('format')),
    ...settings.sampling(fields),
  }
  return {
    fields: present({ ...fields.rest(VOLATILE, request.keep), ...present(canonical) }),
    stream: streams(original),
  }
}

function generate(request: ParsedRequest): Canonical {
  const original = request.body
  const { think, format: wanted, context, ...body } = lifted(original, 'options', original['options'])
  const response = format(wanted)
  const canonical = completionBody(
    response === undefined ? body : { ...body, response_format: response },
    request,
  )
  // `context` holds the tokens of an earlier conversation.
  const tokens = { context_tokens: context }
  return {
    fields: { ...canonical.fields, ...present({ ...tokens, ...thinkFields(think) }) },
    stream: streams(original),
  }
}

/** `think` is a boolean or a level. */
const thinkFields = (think: JsonValue | undefined): Record<string, unknown> =>
  present(
    typeof think === 'boolean'
      ? { thinking: settings.thinkingSwitch(think) }
      : { reasoning_effort: settings.effort(think) },
  )

/** `format` is `json` or a schema. */
function format(value: JsonValue | undefined): JsonValue | undefined {
  if (value === 'json') return { type: 'json_object' }
  if (isObject(value)) return settings.jsonSchemaFormat({}, value)
  return value === '' || value === null ? undefined : value
}
