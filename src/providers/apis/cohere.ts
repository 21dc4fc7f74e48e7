import { chatBody } from '../chat/body.ts'
import type { Provider } from '../types.ts'

/** Cohere v2 chat. Documented by the types of `cohere-ai` (`V2ChatRequest`, `ChatMessageV2`). */
export const cohereChat: Provider = {
  api: 'cohere-chat',
  detect: ({ path, body }) => path.endsWith('/v2/chat') && Array.isArray(body['messages']),
  operation: () => 'chat',
  canonicalize: (request) => chatBody(request.body, { ...request, model: undefined, shortSampling: true }),
}
