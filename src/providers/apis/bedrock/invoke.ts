import { bedrockAction, modelRoute, plainRoute } from '../../requests/routes.ts'
import { chatBody } from '../../chat/body.ts'
import { completionBody, hasPrompt } from '../completion.ts'
import { converseBody } from './converse.ts'
import { embeddingsBody } from '../embeddings.ts'
import { isList, isObject, type JsonObject, parseJson, textOf } from '../../json/json.ts'
import { fromBase64 } from '../../chat/media.ts'
import { plain } from '../plain/plain.ts'
import { isChatShaped, isConverseShaped } from '../../requests/shapes.ts'
import type { Canonical, Operation, ParsedRequest, Provider } from '../../types.ts'

type Shape = 'converse' | 'chat' | 'embeddings' | 'completion' | 'generic'

/** A model on Bedrock takes the body of its own API, so the shape decides which API that is. `generic`: an unknown format. */
function shapeOf(body: JsonObject): Shape {
  if (body['anthropic_version'] !== undefined && isList(body['messages'])) return 'chat'
  if (isConverseShaped(body['messages'])) return 'converse'
  if (isChatShaped(body['messages'])) return 'chat'
  if (typeof body['inputText'] === 'string' || isList(body['texts'])) return 'embeddings'
  return hasPrompt(body) ? 'completion' : 'generic'
}

const operationOf = (shape: Shape): Operation => (shape === 'converse' ? 'chat' : shape)

function readShape(body: JsonObject, request: ParsedRequest): Canonical {
  switch (shapeOf(body)) {
    case 'converse':
      return converseBody(body, request)
    case 'embeddings':
      return embeddingsBody(body, request)
    case 'completion':
      return completionBody(body, request)
    case 'chat':
      return chatBody(body, { ...request, model: modelRoute(request).model })
    default:
      return plain.canonicalize(request)
  }
}

const isInvoke = (path: string): boolean =>
  /^invoke(?:-with-response-stream)?$/.test(bedrockAction(path) ?? '')

/** Bedrock InvokeModel: the body has the model's own format. */
export const bedrockInvoke: Provider = {
  api: 'bedrock-invoke',
  detect: ({ path, json }) => isObject(json) && isInvoke(path),
  operation: ({ body }) => operationOf(shapeOf(body)),
  route: (request) => (shapeOf(request.body) === 'generic' ? plainRoute(request) : modelRoute(request)),
  canonicalize: (request) => ({
    ...readShape(request.body, request),
    stream: bedrockAction(request.path) === 'invoke-with-response-stream',
  }),
}

/** The request whose tokens are counted: `input.converse`, or `input.invokeModel.body` as base64 JSON. */
function counted({
  body,
  json,
}: ParsedRequest): { readonly body: JsonObject; readonly converse: boolean } | undefined {
  const { input } = isObject(json) ? body : {}
  if (!isObject(input)) return undefined
  if (isObject(input['converse'])) return { body: input['converse'], converse: true }
  const invoke = input['invokeModel']
  const bytes = isObject(invoke) ? fromBase64(textOf(invoke['body']) ?? '') : undefined
  const inner = bytes === undefined ? undefined : parseJson(Buffer.from(bytes).toString())?.value
  return isObject(inner) && shapeOf(inner) !== 'generic' ? { body: inner, converse: false } : undefined
}

export const bedrockCountTokens: Provider = {
  api: 'bedrock-converse',
  detect: (request) => bedrockAction(request.path) === 'count-tokens' && counted(request) !== undefined,
  operation: () => 'count_tokens',
  route: modelRoute,
  canonicalize: (request) => {
    const found = counted(request)
    if (found === undefined) return plain.canonicalize(request)
    const { body, converse } = found
    return { ...(converse ? converseBody(body, request) : readShape(body, request)), stream: false }
  },
}
