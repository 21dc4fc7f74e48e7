import type { AnswerReader } from '../../answer.ts'
import { anthropic } from '../anthropic.ts'
import { bedrockConverse } from './converse.ts'
import { cohere } from '../cohere.ts'
import { completion } from '../completion.ts'
import { embeddings } from '../embeddings.ts'
import { openaiChat } from '../openai/chat.ts'

/** The model decides the shape. */
const SHAPES: readonly AnswerReader[] = [
  anthropic,
  bedrockConverse,
  openaiChat,
  cohere,
  embeddings,
  completion,
]

/** Bedrock's InvokeModel: the body is that of the model's own API. */
export const bedrockInvoke: AnswerReader = {
  apis: ['bedrock-invoke'],
  read(received) {
    for (const shape of SHAPES) {
      const answer = shape.read(received)
      if (answer !== undefined) return answer
    }
    return undefined
  },
}
