import type { Digest } from '../../drift/types.ts'
import { UnsayableError } from '../../errors/unsayable-error.ts'
import type { WrittenRequest } from '../asking.ts'
import { answerApi, readAsking, writeAsking } from '../convert.ts'
import type { KeptAnswer } from '../kept-answer.ts'
import type { Provider } from '../providers.ts'
import type { Question } from '../questions.ts'
import { answerText } from './answer-text.ts'
import { cosine, EMBEDDING_API, embeddingRequest } from './embedding.ts'
import { contextText, judgeAsking, readJudgement } from './judge.ts'

/** The comparators that ask a model. */
export type AskingComparator = 'judge' | 'embedding'

interface Comparing {
  readonly written: WrittenRequest
  /** The label by which the answer is read. */
  readonly api: string
}

interface Compares {
  request(question: Question, answer: KeptAnswer, provider: Provider, model: string): Comparing
  /** What is wrong with the answer of the model that compared; `undefined`: nothing. */
  problem(digest: Digest): string | undefined
}

export const COMPARING: Readonly<Record<AskingComparator, Compares>> = {
  judge: {
    request(question, answer, { api }, model) {
      const asking = judgeAsking(contextOf(question), question.digest, answer.digest)
      return { written: writeAsking(asking, api, model), api: answerApi(api) }
    },
    problem(digest) {
      if (readJudgement(digest) !== undefined) return undefined
      const text = (digest.choices[0]?.text ?? '').replaceAll(/\s+/g, ' ').slice(0, 80)
      return `gave no judgement, but ${JSON.stringify(text)}`
    },
  },
  embedding: {
    request(question, answer, { api, name }, model) {
      // No API takes an empty text.
      const texts = [question.digest, answer.digest].map((digest) => answerText(digest) || '(nothing)')
      const written = embeddingRequest(api, model, texts)
      const label = EMBEDDING_API[api]
      if (written === undefined || label === undefined)
        throw new UnsayableError(`${name} makes no embeddings`)
      return { written, api: label }
    },
    problem: ({ vectors = [] }) =>
      cosine(vectors) === undefined ? 'gave no two embeddings of one length' : undefined,
  },
}

/** The conversation for the judge; the request itself, if it has what only its own API can say. */
function contextOf({ body, earlier, facts }: Question): string {
  try {
    return contextText(readAsking(facts.api, body, earlier))
  } catch (error) {
    if (!(error instanceof UnsayableError)) throw error
    return JSON.stringify(body)
  }
}
