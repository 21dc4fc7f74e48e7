import { defined } from '../../../base/defined.ts'
import { Fields, present } from '../../requests/fields.ts'
import { addContents, camelDeep, camelKeys, systemParts } from './parts.ts'
import {
  isAbsent,
  isList,
  isObject,
  type JsonObject,
  type JsonValue,
  prune,
  textOf,
} from '../../json/json.ts'
import { modelRoute, verbOf } from '../../requests/routes.ts'
import { parameters } from '../../chat/schema.ts'
import * as settings from '../../chat/settings.ts'
import { isGeminiShaped } from '../../requests/shapes.ts'
import { choiceMode, type ToolChoice, toolFields } from '../../chat/tool-choice.ts'
import { builtInTool, functionTool, sortTools } from '../../chat/tools.ts'
import { Transcript } from '../../chat/transcript.ts'
import type { Canonical, ParsedRequest, Provider, Tool } from '../../types.ts'
import { GEMINI_TOP } from '../../requests/volatile.ts'

const VERBS = /^(?:generateContent|streamGenerateContent|countTokens)$/

/** Gemini API and Vertex AI. Documented by the types of `@google/genai` (`GenerateContentConfig`, `Part`). */
export const gemini: Provider = {
  api: 'gemini',
  detect: ({ path, json }) => isObject(json) && VERBS.test(verbOf(path) ?? ''),
  operation: ({ path }) => (verbOf(path) === 'countTokens' ? 'count_tokens' : 'chat'),
  route: modelRoute,
  canonicalize,
}

export const geminiByShape: Provider = {
  ...gemini,
  detect: ({ body }) => isGeminiShaped(body['contents']),
}

function canonicalize(request: ParsedRequest): Canonical {
  const wrapped = request.body['generateContentRequest'] ?? request.body['generate_content_request']
  const fields = new Fields(camelKeys(isObject(wrapped) ? wrapped : request.body))
  const verb = verbOf(request.path)
  const transcript = new Transcript()
  transcript.addSystem(systemParts(fields.take('systemInstruction')))
  addContents(transcript, fields.take('contents'))
  const model = fields.take('model')
  const body = fields.take('stream')
  const stream = verb === undefined ? body === true : verb === 'streamGenerateContent'
  const cached = fields.take('cachedContent')
  const canonical = {
    model: modelRoute(request).model ?? settings.modelName(model),
    ...transcript.finish(),
    context: cached === undefined ? undefined : { cached_content: cached },
    ...toolsOf(fields),
    ...generation(fields.take('generationConfig')),
  }
  return {
    fields: present({ ...fields.rest(GEMINI_TOP, request.keep), ...present(canonical) }),
    stream,
    ...(stream ? alternative(request) : {}),
  }
}

/** Reads `alt`, which selects the form of a stream: one JSON array (`json`, the default) or events (`sse`). */
function alternative({ query }: ParsedRequest): { alt?: string } {
  const alt = query.find(([name]) => name === 'alt' || name === '$alt')?.[1].toLowerCase()
  return alt === undefined || alt === '' || alt === 'json' ? {} : { alt }
}

function toolsOf(fields: Fields): Record<string, unknown> {
  const tools = fields.take('tools')
  const config = fields.take('toolConfig')
  const { functionCallingConfig: calling, ...rest } = isObject(config) ? camelKeys(config) : {}
  const all = (isList(tools) ? tools : tools === undefined ? [] : [tools]).flatMap(readToolEntry)
  return {
    ...toolFields(sortTools(all), isObject(calling) ? toolChoice(camelKeys(calling)) : undefined, false),
    ...present({ tool_config: settings.without(camelDeep(rest)) }),
  }
}

/** One entry contains function declarations, built-in tools by name, or both. */
function readToolEntry(entry: JsonValue): Tool[] {
  if (!isObject(entry)) return [{ type: 'unknown', value: entry }]
  return Object.entries(camelKeys(entry)).flatMap(([name, value]): Tool[] => {
    if (name === 'functionDeclarations') return isList(value) ? value.map(declaration) : []
    if (isAbsent(value)) return []
    return [builtInTool(name, isObject(value) ? (camelDeep(value) as JsonObject) : { value })]
  })
}

function declaration(value: JsonValue): Tool {
  if (!isObject(value)) return { type: 'unknown', value }
  const {
    parameters: openApi,
    parametersJsonSchema: json,
    response,
    responseJsonSchema,
    ...fields
  } = camelKeys(value)
  const result = parameters(response, true) ?? parameters(responseJsonSchema)
  return functionTool(
    { ...fields, ...defined({ response: result }) },
    parameters(json) ?? parameters(openApi, true),
  )
}

/** AUTO is the default. ANY with one allowed name means that tool. */
function toolChoice(config: JsonObject): ToolChoice | undefined {
  const named = textOf(config['mode'])
  const mode = named === undefined || named === 'MODE_UNSPECIFIED' ? undefined : choiceMode(named)
  const allowed = config['allowedFunctionNames']
  const tools = isList(allowed) ? allowed.map(String).toSorted() : []
  if (tools.length === 0) return mode
  return mode === 'required' && tools.length === 1
    ? { name: tools.join('') }
    : { mode: mode ?? 'auto', tools }
}

function generation(value: JsonValue | undefined): Record<string, unknown> {
  if (!isObject(value)) return {}
  const fields = new Fields(camelKeys(value))
  const thinking = fields.take('thinkingConfig')
  const canonical = {
    max_tokens: fields.take('maxOutputTokens'),
    temperature: fields.take('temperature'),
    top_p: fields.take('topP'),
    top_k: fields.take('topK'),
    seed: fields.take('seed'),
    n: fields.take('candidateCount'),
    stop: settings.stopSequences(fields.take('stopSequences')),
    modalities: fields.take('responseModalities'),
    presence_penalty: fields.take('presencePenalty'),
    frequency_penalty: fields.take('frequencyPenalty'),
    logprobs: fields.take('responseLogprobs'),
    top_logprobs: fields.take('logprobs'),
    thinking: isObject(thinking) ? thinkingOf(camelKeys(thinking)) : thinking,
    response_format: format(fields),
  }
  return {
    ...(camelDeep(fields.rest(new Map(), new Set()) as JsonValue) as JsonObject),
    ...present(canonical),
  }
}

function thinkingOf(config: JsonObject): Record<string, unknown> | undefined {
  const { thinkingBudget, includeThoughts, thinkingLevel, ...rest } = config
  const out = present({
    ...(prune(rest) as JsonObject),
    budget_tokens: thinkingBudget,
    include_thoughts: includeThoughts,
    level: settings.effort(thinkingLevel),
  })
  return Object.keys(out).length === 0 ? undefined : out
}

/** A MIME type, and a schema written as OpenAPI or as JSON Schema. */
function format(fields: Fields): JsonObject | undefined {
  const mime = textOf(fields.take('responseMimeType'))?.toLowerCase()
  const openApi = fields.take('responseSchema')
  const json = fields.take('responseJsonSchema')
  const schema =
    json === undefined ? settings.jsonSchemaFormat({}, openApi, true) : settings.jsonSchemaFormat({}, json)
  if (mime === undefined || mime === 'application/json') {
    if (schema['schema'] !== undefined) return schema
    return mime === undefined ? undefined : { type: 'json_object' }
  }
  if (mime === 'text/plain' && schema['schema'] === undefined) return undefined
  return { ...schema, type: mime }
}
