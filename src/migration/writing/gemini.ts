import { defined } from '../../base/defined.ts'
import { isObject, parseJson, type JsonValue } from '../../providers/json/json.ts'
import type {
  Asking,
  CallPart,
  MediaPart,
  ResultPart,
  TextPart,
  ToolChoice,
  WrittenRequest,
} from '../asking.ts'
import { sniffed } from './anthropic.ts'
import * as shared from './shared.ts'

const API = 'Gemini'
const SETTINGS = {
  maxTokens: 'maxOutputTokens',
  temperature: 'temperature',
  topP: 'topP',
  topK: 'topK',
  stop: 'stopSequences',
  seed: 'seed',
  n: 'candidateCount',
  frequencyPenalty: 'frequencyPenalty',
  presencePenalty: 'presencePenalty',
} as const

/** What Gemini 3 takes for the signature of a call that another model made. Source: Google's page on thought signatures. */
const FOREIGN_CALL = 'skip_thought_signature_validator'

/** The model stands in the path. */
export const geminiPath = (model: string): string =>
  `/models/${model.replace(/^models\//, '')}:generateContent`

/**
 * Gemini's `generateContent`. Documented by the types of `@google/genai` (`GenerateContentConfig`, `Part`).
 * @throws {UnsayableError} if the API cannot say it
 */
export function writeGemini(asking: Asking, model: string): WrittenRequest {
  shared.noSystemWithin(asking.messages, API)
  shared.noPrefill(asking.messages, API)
  const { choice, format, serial, system, tools } = asking
  const { fields, left } = shared.writeSettings(asking, SETTINGS)
  const config = {
    ...fields,
    ...(format && {
      responseMimeType: 'application/json',
      ...(format.kind === 'schema' ? { responseJsonSchema: format.schema } : {}),
    }),
  }
  const declarations = tools.map(
    ({ name, description, schema }) =>
      defined({ name, description, parametersJsonSchema: schema }) as JsonValue,
  )
  return {
    path: geminiPath(model),
    body: shared.bodyOf({
      systemInstruction: system.length === 0 ? undefined : { parts: system.map((text) => ({ text })) },
      contents: contents(asking, /gemini-[3-9]/.test(model)),
      tools: tools.length === 0 ? undefined : [{ functionDeclarations: declarations }],
      toolConfig: choice && tools.length > 0 ? { functionCallingConfig: calling(choice) } : undefined,
      generationConfig: Object.keys(config).length === 0 ? undefined : config,
    }),
    left: [
      ...left,
      ...(serial ? ['parallel_tool_calls'] : []),
      ...(tools.some(({ strict }) => strict) ? ['strict of a tool'] : []),
    ],
  }
}

function contents({ messages }: Asking, isSigned: boolean): JsonValue[] {
  const list: { role: string; parts: JsonValue[] }[] = []
  for (const { role, parts } of messages) {
    const speaker = role === 'assistant' ? 'model' : 'user'
    list.push({ role: speaker, parts: parts.map((part) => written(part, isSigned)) })
  }
  return list
}

function written(part: TextPart | MediaPart | CallPart | ResultPart, isSigned: boolean): JsonValue {
  switch (part.kind) {
    case 'text':
      return { text: part.text }
    case 'call':
      return {
        functionCall: { name: part.name, args: shared.argumentsObject(part) },
        ...(isSigned ? { thoughtSignature: FOREIGN_CALL } : {}),
      }
    case 'result':
      return { functionResponse: responseOf(part) }
    default:
      return mediaOf(part)
  }
}

/** A result that is a JSON object stays one. */
function responseOf({ name, parts, failed }: ResultPart): JsonValue {
  const text = shared.joined(shared.textsOf(parts))
  const media = parts.filter((part): part is MediaPart => part.kind !== 'text')
  const parsed = parseJson(text)?.value
  const response = failed ? { error: text } : isObject(parsed) ? parsed : { output: text }
  return { name, response, ...(media.length === 0 ? {} : { parts: media.map(mediaOf) }) }
}

function mediaOf({ kind, url, data = '', mediaType, name }: MediaPart): JsonValue {
  if (url !== undefined) return { fileData: { fileUri: url, mimeType: mediaType ?? typeOfUrl(url, kind) } }
  const type =
    mediaType ?? (kind === 'image' ? sniffed(data) : kind === 'audio' ? 'audio/wav' : 'application/pdf')
  return { inlineData: { mimeType: type, data, ...defined({ displayName: name }) } }
}

function typeOfUrl(url: string, kind: MediaPart['kind']): string {
  const end = /\.(png|jpe?g|gif|webp|pdf|mp3|wav)(?:[?#]|$)/i.exec(url)?.[1]?.toLowerCase()
  if (end === 'pdf' || (end === undefined && kind === 'file')) return 'application/pdf'
  if (end === 'mp3' || end === 'wav' || kind === 'audio') return end === 'wav' ? 'audio/wav' : 'audio/mpeg'
  return `image/${end === 'jpg' || end === undefined ? 'jpeg' : end}`
}

function calling(choice: ToolChoice): JsonValue {
  if (typeof choice === 'object') return { mode: 'ANY', allowedFunctionNames: [choice.name] }
  return { mode: choice === 'required' ? 'ANY' : choice.toUpperCase() }
}
