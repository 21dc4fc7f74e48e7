import { bedrockAction, modelRoute } from './routes.ts'
import { chatBody } from './chat-body.ts'
import { completionBody, hasPrompt } from './completion.ts'
import { converseBody } from './bedrock-converse.ts'
import { embeddingsBody } from './embeddings.ts'
import { isList, isObject, type JsonObject, parseJson, textOf } from './json.ts'
import { fromBase64 } from './media.ts'
import { isChatShaped, isConverseShaped } from './shapes.ts'
import type { Canonical, Operation, ParsedRequest, Provider } from './types.ts'

type Shape = 'converse' | 'chat' | 'embeddings' | 'completion'

/** Whose body a model takes, Bedrock does not say: by shape. `undefined`: a model of its own kind. */
function shapeOf(body: JsonObject): Shape | undefined {
  if (body['anthropic_version'] !== undefined && isList(body['messages'])) return 'chat'
  if (isConverseShaped(body['messages'])) return 'converse'
  if (isChatShaped(body['messages'])) return 'chat'
  if (typeof body['inputText'] === 'string' || isList(body['texts'])) return 'embeddings'
  return hasPrompt(body) ? 'completion' : undefined
}

const OPERATIONS: Readonly<Record<Shape, Operation>> = {
  converse: 'chat',
  chat: 'chat',
  embeddings: 'embeddings',
  completion: 'completion',
}

function readShape(body: JsonObject, request: ParsedRequest): Canonical {
  switch (shapeOf(body)) {
    case 'converse':
      return converseBody(body, request)
    case 'embeddings':
      return embeddingsBody(body, request)
    case 'completion':
      return completionBody(body, request)
    default:
      return chatBody(body, { ...request, model: modelRoute(request).model })
  }
}

const isInvoke = (path: string): boolean =>
  /^invoke(?:-with-response-stream)?$/.test(bedrockAction(path) ?? '')

/** Bedrock InvokeModel: the model's own body. */
export const bedrockInvoke: Provider = {
  api: 'bedrock-invoke',
  detect: ({ path, body }) => body !== undefined && isInvoke(path) && shapeOf(body) !== undefined,
  operation: ({ body }) => OPERATIONS[shapeOf(body!)!],
  route: modelRoute,
  canonicalize: (request) => ({
    ...readShape(request.body!, request),
    stream: bedrockAction(request.path) === 'invoke-with-response-stream',
  }),
}

/** The request that is to be counted: `input.converse`, or `input.invokeModel.body` as base64 JSON. */
function counted(body: JsonObject | undefined): { body: JsonObject; converse: boolean } | undefined {
  const input = body?.['input']
  if (!isObject(input)) return undefined
  if (isObject(input['converse'])) return { body: input['converse'], converse: true }
  const invoke = input['invokeModel']
  const bytes = isObject(invoke) ? fromBase64(textOf(invoke['body']) ?? '') : undefined
  const json = bytes === undefined ? undefined : parseJson(Buffer.from(bytes).toString())?.value
  return isObject(json) && shapeOf(json) !== undefined ? { body: json, converse: false } : undefined
}

export const bedrockCountTokens: Provider = {
  api: 'bedrock-converse',
  detect: ({ path, body }) => bedrockAction(path) === 'count-tokens' && counted(body) !== undefined,
  operation: () => 'count_tokens',
  route: modelRoute,
  canonicalize: (request) => {
    const { body, converse } = counted(request.body)!
    return { ...(converse ? converseBody(body, request) : readShape(body, request)), stream: false }
  },
}
