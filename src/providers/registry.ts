import { anthropic, anthropicByShape } from './apis/anthropic.ts'
import { bedrockConverse, converseByShape } from './apis/bedrock/converse.ts'
import { bedrockCountTokens, bedrockInvoke } from './apis/bedrock/invoke.ts'
import { cohereChat } from './apis/cohere.ts'
import { completions } from './apis/completion.ts'
import { embeddings, googleEmbeddings } from './apis/embeddings.ts'
import { gemini, geminiByShape } from './apis/google/gemini.ts'
import { form } from './apis/plain/form.ts'
import { grpc } from './apis/plain/grpc.ts'
import { imagesAndSpeech } from './apis/images-audio.ts'
import { multipart } from './apis/plain/multipart.ts'
import { ollamaChat, ollamaEmbed, ollamaGenerate } from './apis/ollama.ts'
import { chatByShape, openaiChat } from './apis/openai/chat.ts'
import { openaiResponses, responsesByShape } from './apis/openai/responses.ts'
import { plain } from './apis/plain/plain.ts'
import { tgi, tgiByShape } from './apis/tgi.ts'
import type { ParsedRequest, Provider } from './types.ts'
import { websocket } from './apis/plain/websocket.ts'

/**
 * The built-in providers, in the order in which they are asked. The path decides first, on every host, so a gateway needs
 * no configuration. The shape of the body decides next.
 */
const BUILT_IN: readonly Provider[] = [
  grpc,
  multipart,
  form,
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
 * Adds a provider for this process. Registered providers are asked in the order of registration, before the built-in ones.
 * Returns a function that removes the provider. Cassettes store keys: register the same provider in every run, before the
 * cassette is opened.
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
 * `operation: () => 'chat'` compares the default `matchOn` list and ignores the host. Return `'generic'` to compare every
 * field and the host.
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

/**
 * The first provider that reads this request. WebSockets have their own. A request that no provider reads is plain HTTP, and so
 * is a request without a body that no registered provider reads.
 */
export function providerFor(request: ParsedRequest): Provider {
  if (websocket.detect(request)) return websocket
  const own = entries.find(({ provider }) => provider.detect(request))?.provider
  if (own !== undefined) return own
  if (request.bytes.length === 0) return plain
  return BUILT_IN.find((provider) => provider.detect(request)) ?? plain
}
