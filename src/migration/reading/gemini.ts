import { defined } from '../../base/defined.ts'
import { UnsayableError } from '../../errors/unsayable-error.ts'
import { camelKeys } from '../../providers/apis/google/parts.ts'
import { mediaType } from '../../providers/chat/media.ts'
import { schema } from '../../providers/chat/schema.ts'
import {
  isAbsent,
  isList,
  isObject,
  type JsonObject,
  type JsonValue,
  nonEmpty,
  textOf,
} from '../../providers/json/json.ts'
import type { Asking, Format, MediaPart, TextPart, ToolChoice, ToolSpec } from '../asking.ts'
import { Calls } from './calls.ts'
import { leftOf, readSettings, schemaFormat, toolSpec } from './options.ts'
import { type AnyPart, mediaKind, textPart } from './parts.ts'
import { Talk } from './talk.ts'

/** Reads a body of Gemini's `generateContent`. */
export function readGemini(given: JsonObject): Asking {
  const body = camelKeys(given)
  if (!isAbsent(body['cachedContent']))
    throw new UnsayableError('its context is kept by the provider (cachedContent)')
  const config = isObject(body['generationConfig']) ? camelKeys(body['generationConfig']) : {}
  const calls = new Calls()
  const talk = new Talk()
  const system = body['systemInstruction']
  talk.say('system', partsOf(isObject(system) ? system['parts'] : system, calls))
  const contents = body['contents']
  for (const content of isList(contents) ? contents : [contents]) {
    const { role, parts } = isObject(content) ? content : { role: 'user', parts: content }
    talk.say(role === 'model' ? 'assistant' : 'user', partsOf(parts, calls))
  }
  return {
    ...talk.asking(),
    tools: toolsOf(body['tools']),
    ...defined({ choice: choiceOf(body['toolConfig']), format: formatOf(config) }),
    settings: readSettings(config),
    left: [...leftOf(body), ...leftOf(config)],
  }
}

function partsOf(parts: JsonValue | undefined, calls: Calls): AnyPart[] {
  if (isAbsent(parts)) return []
  return (isList(parts) ? parts : [parts]).flatMap((part) => partOf(part, calls))
}

function partOf(value: JsonValue, calls: Calls): AnyPart[] {
  if (typeof value === 'string') return [textPart(value)]
  if (!isObject(value)) return []
  const { text, thought, functionCall, functionResponse, ...rest } = camelKeys(value)
  if (isObject(functionCall))
    return [calls.open(functionCall['id'], textOf(functionCall['name']) ?? '', functionCall['args'])]
  if (isObject(functionResponse)) {
    const { id, name, response, parts } = camelKeys(functionResponse)
    const more = partsOf(parts, calls).filter((part) => part.kind === 'image' || part.kind === 'file')
    const said = isObject(response) ? resultOf(response) : { text: '' }
    return [calls.result(id, name, [textPart(said.text), ...(more as MediaPart[])], said.failed === true)]
  }
  const media = mediaOf(rest)
  if (media !== undefined) return [media]
  if (thought === true || text === '') return []
  if (typeof text === 'string') return [textPart(text) satisfies TextPart]
  const [name] = Object.entries(rest).find(([key, one]) => key !== 'thoughtSignature' && !isAbsent(one)) ?? []
  if (name === undefined) return []
  throw new UnsayableError(`it has a part of the kind ${JSON.stringify(name)}`)
}

/** `{output: "..."}` and `{result: "..."}` hold a text, `{error: "..."}` that of a failure. Anything else is told as JSON. */
function resultOf(response: JsonObject): { readonly text: string; readonly failed?: boolean } {
  const [only, ...more] = Object.entries(response)
  if (only !== undefined && more.length === 0 && typeof only[1] === 'string') {
    if (only[0] === 'output' || only[0] === 'result') return { text: only[1] }
    if (only[0] === 'error') return { text: only[1], failed: true }
  }
  return { text: JSON.stringify(response) }
}

function mediaOf({ inlineData, fileData }: JsonObject): MediaPart | undefined {
  if (isObject(inlineData)) {
    const { mimeType, data, displayName } = camelKeys(inlineData)
    const type = mediaType(mimeType)
    return {
      kind: mediaKind(type),
      ...defined({ mediaType: type, name: nonEmpty(displayName) }),
      data: textOf(data) ?? '',
    }
  }
  if (!isObject(fileData)) return undefined
  const { mimeType, fileUri } = camelKeys(fileData)
  const url = textOf(fileUri) ?? ''
  if (!/^https?:/.test(url) || url.startsWith('https://generativelanguage.googleapis.com/'))
    throw new UnsayableError('it names a file that only the provider has')
  const type = mediaType(mimeType)
  return { kind: mediaKind(type), ...defined({ mediaType: type }), url }
}

function toolsOf(tools: JsonValue | undefined): ToolSpec[] {
  const entries = isList(tools) ? tools : isObject(tools) ? [tools] : []
  return entries.flatMap((entry) =>
    Object.entries(isObject(entry) ? camelKeys(entry) : {}).flatMap(([name, value]) => {
      if (isAbsent(value)) return []
      if (name !== 'functionDeclarations')
        throw new UnsayableError(`it offers the tool ${name} of the provider`)
      return (isList(value) ? value : []).flatMap((one) =>
        isObject(one) ? [declaration(camelKeys(one))] : [],
      )
    }),
  )
}

const declaration = (fields: JsonObject): ToolSpec =>
  fields['parametersJsonSchema'] === undefined
    ? toolSpec(fields, fields['parameters'], true)
    : toolSpec(fields, fields['parametersJsonSchema'])

function choiceOf(config: JsonValue | undefined): ToolChoice | undefined {
  const calling = isObject(config) ? camelKeys(config)['functionCallingConfig'] : undefined
  if (!isObject(calling)) return undefined
  const { mode, allowedFunctionNames: allowed } = camelKeys(calling)
  const names = isList(allowed) ? allowed : []
  const [name] = names
  const word = textOf(mode)?.toUpperCase()
  if (names.length > 1 || (names.length > 0 && word !== 'ANY'))
    throw new UnsayableError('it allows some of its tools only')
  if (word === 'ANY') return typeof name === 'string' ? { name } : 'required'
  return word === 'NONE' ? 'none' : word === 'AUTO' ? 'auto' : undefined
}

function formatOf(config: JsonObject): Format | undefined {
  const { responseMimeType: mime, responseSchema: openApi, responseJsonSchema: json } = config
  if (!isAbsent(json)) return schemaFormat({}, json)
  if (!isAbsent(openApi)) return schemaFormat({}, schema(openApi, true))
  if (mime === 'application/json') return { kind: 'object' }
  if (isAbsent(mime) || mime === 'text/plain') return undefined
  throw new UnsayableError(`its answer is ${JSON.stringify(mime)}`)
}
