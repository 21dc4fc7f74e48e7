import { chatBody } from '../chat/body.ts'
import { modelRoute, verbOf } from '../requests/routes.ts'
import { isChatShaped } from '../requests/shapes.ts'
import type { ParsedRequest, Provider } from '../types.ts'

const isRawPredict = (path: string): boolean => /^(?:streamR|r)awPredict$/.test(verbOf(path) ?? '')

/**
 * Anthropic Messages, also through Vertex (`:rawPredict`, which accepts Mistral bodies too).
 * Documented by the types of `@anthropic-ai/sdk` (`MessageCreateParams`, `BetaContentBlockParam`).
 */
export const anthropic: Provider = {
  api: 'anthropic-messages',
  detect: ({ path, body }) =>
    Array.isArray(body['messages']) && (/\/messages(?:\/count_tokens)?$/.test(path) || isRawPredict(path)),
  operation: ({ path }) => (path.endsWith('/count_tokens') ? 'count_tokens' : 'chat'),
  route: modelRoute,
  canonicalize,
}

function canonicalize(request: ParsedRequest): ReturnType<Provider['canonicalize']> {
  const canonical = chatBody(request.body, { ...request, model: modelRoute(request).model })
  return verbOf(request.path) === 'streamRawPredict' ? { ...canonical, stream: true } : canonical
}

/** An Anthropic body on an unknown path, recognised by `anthropic_version`. */
export const anthropicByShape: Provider = {
  ...anthropic,
  detect: ({ body }) => body['anthropic_version'] !== undefined && isChatShaped(body['messages']),
}
