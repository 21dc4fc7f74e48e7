import { anthropic, anthropicByShape } from './apis/anthropic.ts'
import { bedrockConverse, converseByShape } from './apis/bedrock/converse.ts'
import { bedrockCountTokens, bedrockInvoke } from './apis/bedrock/invoke.ts'
import { cohereChat } from './apis/cohere.ts'
import { completions } from './apis/completion.ts'
import { embeddings, googleEmbeddings } from './apis/embeddings.ts'
import { gemini, geminiByShape } from './apis/google/gemini.ts'
import { grpc } from './apis/plain/grpc.ts'
import { imagesAndSpeech } from './apis/images-audio.ts'
import { multipart } from './apis/plain/multipart.ts'
import { ollamaChat, ollamaEmbed, ollamaGenerate } from './apis/ollama.ts'
import { chatByShape, openaiChat } from './apis/openai/chat.ts'
import { openaiResponses, responsesByShape } from './apis/openai/responses.ts'
import { plain } from './apis/plain/plain.ts'
import { tgi, tgiByShape } from './apis/tgi.ts'
import type { ParsedRequest, Provider } from './types.ts'
import { webSocket } from './apis/plain/websocket.ts'

/** Asked in this order. The path decides on every host, so that gateways need no configuration; then the body's shape. */
const BUILT_IN: readonly Provider[] = [
  grpc,
  multipart,
  openaiChat,
  openaiResponses,
  anthropic,
  gemini,
  bedrockConverse,
  bedrockInvoke,
  bedrockCountTokens,
  cohereChat,
  ollamaChat,
  ollamaGenerate,
  ollamaEmbed,
  tgi,
  completions,
  embeddings,
  googleEmbeddings,
  imagesAndSpeech,
  geminiByShape,
  converseByShape,
  anthropicByShape,
  chatByShape,
  responsesByShape,
  tgiByShape,
]

/**
 * Adds a provider for this process; of several the first registered is asked first, and all of them before the built-in ones.
 * Returns the function that takes it back. Keys are stored in cassettes: register the same provider, before the cassette is
 * opened, in every run.
 *
 * @example An in-house gateway that wraps a question in an envelope of its own:
 * ```ts
 * import { registerProvider } from 'cassette/matching'
 *
 * const undo = registerProvider({
 *   api: 'acme-gateway',
 *   detect: ({ path, body }) => path.endsWith('/acme/ask') && typeof body['question'] === 'string',
 *   operation: () => 'chat',
 *   canonicalize: ({ body }) => ({
 *     fields: {
 *       model: body['engine'],
 *       system: body['persona'],
 *       messages: [{ role: 'user', content: body['question'] }],
 *     },
 *     stream: body['live'] === true,
 *   }),
 * })
 * ```
 * `operation: () => 'chat'` means: the default `matchOn` list is compared, and the host is not. Return `'generic'` to have
 * every field compared, and the host with them.
 */
export function registerProvider(provider: Provider): () => void {
  const entry = { provider }
  entries.push(entry)
  return () => {
    const at = entries.indexOf(entry)
    if (at >= 0) entries.splice(at, 1)
  }
}

const entries: { readonly provider: Provider }[] = []

/** The provider that reads this request; at last the one for plain HTTP, which reads every request. */
export function providerFor(request: ParsedRequest): Provider {
  if (webSocket.detect(request)) return webSocket
  const own = entries.find(({ provider }) => provider.detect(request))?.provider
  if (own !== undefined) return own
  if (request.bytes.length === 0) return plain
  return BUILT_IN.find((provider) => provider.detect(request)) ?? plain
}
