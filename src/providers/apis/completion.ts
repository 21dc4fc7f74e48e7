import { images } from '../chat/messages.ts'
import { Fields, present } from '../requests/fields.ts'
import { isObject, type JsonObject, type JsonValue } from '../json/json.ts'
import { modelRoute } from '../requests/routes.ts'
import * as settings from '../chat/settings.ts'
import type { Canonical, ParsedRequest, Provider } from '../types.ts'
import { OPENAI_TOP, SCHEDULING_TOP } from '../requests/volatile.ts'

const VOLATILE: ReadonlyMap<string, string> = new Map([...OPENAI_TOP, ...SCHEDULING_TOP])

/** The older `/completions` API. */
export const completions: Provider = {
  api: 'openai-completions',
  detect: ({ path, body }) => path.endsWith('/completions') && hasPrompt(body),
  operation: () => 'completion',
  route: modelRoute,
  canonicalize: (request) => completionBody(request.body, request),
}

export const hasPrompt = (body: JsonObject): boolean =>
  body['prompt'] !== undefined && body['prompt'] !== null

/** The body of an API that continues a prompt: `/completions`, TGI, Ollama's generate, Bedrock's text models. */
export function completionBody(body: JsonObject, request: ParsedRequest): Canonical {
  const fields = new Fields(body)
  const model = fields.take('model')
  const stream = fields.take('stream')
  const given = fields.take('images')
  const reasoning = fields.take('reasoning')
  const canonical = {
    model: modelRoute(request).model ?? settings.modelName(model),
    prompt: fields.take('prompt', 'inputs'),
    images: Array.isArray(given) ? images(given) : given,
    reasoning_effort: settings.effort(fields.take('reasoning_effort')),
    reasoning,
    thinking: settings.thinking(fields.take('thinking')),
    response_format: settings.responseFormat(fields.take('response_format')),
    ...settings.sampling(fields),
  }
  return {
    fields: present({ ...fields.rest(VOLATILE, request.keep), ...present(canonical) }),
    stream: stream === true,
  }
}

/** Moves the nested options of an API to the top level. A field that is already at the top level wins. */
export function lifted(body: JsonObject, name: string, options: JsonValue | undefined): JsonObject {
  if (!isObject(options)) return body
  const rest = Object.fromEntries(Object.entries(body).filter(([key]) => key !== name))
  return { ...options, ...rest }
}
