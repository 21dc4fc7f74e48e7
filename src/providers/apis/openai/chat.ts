import { chatBody } from '../../chat/body.ts'
import { isChatShaped } from '../../requests/shapes.ts'
import { modelRoute } from '../../requests/routes.ts'
import type { Provider } from '../../types.ts'

/**
 * OpenAI Chat Completions and the compatible APIs: Azure, Groq, Mistral, OpenRouter, DeepSeek, Together, Hugging Face, vLLM,
 * the compatible endpoints of Ollama and Google ... One normaliser reads the union of their fields.
 * Documented by the types of `openai` (`ChatCompletionCreateParams`), `groq-sdk` and `@mistralai/mistralai`.
 */
export const openaiChat: Provider = {
  api: 'openai-chat',
  detect: ({ path, body }) => path.endsWith('/chat/completions') && Array.isArray(body['messages']),
  operation: () => 'chat',
  route: modelRoute,
  canonicalize: (request) => chatBody(request.body, { ...request, model: modelRoute(request).model }),
}

/** A chat body on an unknown path, recognised by its shape. */
export const chatByShape: Provider = {
  ...openaiChat,
  detect: ({ body }) =>
    isChatShaped(body['messages']) &&
    body['anthropic_version'] === undefined &&
    typeof body['model'] === 'string',
}
