import type { AnswerReader } from './answer.ts'
import { anthropic } from './apis/anthropic.ts'
import { bedrockConverse } from './apis/bedrock/converse.ts'
import { bedrockInvoke } from './apis/bedrock/invoke.ts'
import { cohere } from './apis/cohere.ts'
import { completion } from './apis/completion.ts'
import { embeddings } from './apis/embeddings.ts'
import { gemini } from './apis/gemini.ts'
import { grpc } from './apis/grpc.ts'
import { imagesAudio } from './apis/images-audio.ts'
import { ollama } from './apis/ollama.ts'
import { openaiChat } from './apis/openai/chat.ts'
import { openaiResponses } from './apis/openai/responses.ts'
import { plain } from './apis/plain.ts'
import { tgi } from './apis/tgi.ts'
import { websocket } from './apis/websocket.ts'

/** Every family of APIs. */
const readers: readonly AnswerReader[] = [
  openaiChat,
  openaiResponses,
  anthropic,
  gemini,
  bedrockConverse,
  bedrockInvoke,
  cohere,
  ollama,
  tgi,
  completion,
  embeddings,
  imagesAudio,
  grpc,
  websocket,
  plain,
]

const byApi = new Map(readers.flatMap((reader) => reader.apis.map((api) => [api, reader] as const)))

/** The reader of an API's responses. An API nobody knows is read like any HTTP response. */
export const readerFor = (api: string): AnswerReader => byApi.get(api) ?? plain
