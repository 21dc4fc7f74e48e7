import { completionBody, lifted } from './completion.ts'
import { isObject, type JsonValue, prune } from '../json/json.ts'
import { isHuggingFaceModel, modelRoute } from '../requests/routes.ts'
import { jsonSchemaFormat } from '../chat/settings.ts'
import type { Canonical, ParsedRequest, Provider } from '../types.ts'

/** Hugging Face Text Generation Inference, also at `*.huggingface.co/.../models/ORG/NAME`. */
export const tgi: Provider = {
  api: 'tgi',
  detect: (request) =>
    typeof request.body['inputs'] === 'string' &&
    (/\/generate(?:_stream)?$/.test(request.path) || isHuggingFaceModel(request)),
  operation: () => 'completion',
  route: modelRoute,
  canonicalize,
}

export const tgiByShape: Provider = { ...tgi, detect: ({ body }) => typeof body['inputs'] === 'string' }

function canonicalize(request: ParsedRequest): Canonical {
  const { grammar, ...body } = lifted(request.body, 'parameters', request.body['parameters'])
  const format = grammarFormat(grammar)
  const canonical = completionBody(
    format === undefined ? body : { ...body, response_format: format },
    request,
  )
  return request.path.endsWith('/generate_stream') ? { ...canonical, stream: true } : canonical
}

/** `{type: json | json_schema | regex, value}`. */
function grammarFormat(grammar: JsonValue | undefined): JsonValue | undefined {
  if (grammar === undefined || grammar === null) return undefined
  if (!isObject(grammar)) return { type: 'grammar', value: grammar }
  const { type, value } = grammar
  if (type === 'json' && value !== undefined) return jsonSchemaFormat({}, value)
  if (type === 'json_schema' && isObject(value)) return jsonSchemaFormat(value, value['schema'])
  return prune(grammar)
}
