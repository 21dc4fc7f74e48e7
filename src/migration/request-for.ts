import { isObject } from '../providers/json/json.ts'
import type { WrittenRequest } from './asking.ts'
import { readAsking, sameForModel, writeAsking } from './convert.ts'
import type { Provider } from './providers.ts'
import type { Question } from './questions.ts'

/**
 * The request that asks a target what was asked in a recording.
 * @throws {UnsayableError} if the target's API cannot say it
 */
export function requestFor(
  question: Question,
  { api }: Pick<Provider, 'api'>,
  model: string,
): WrittenRequest {
  const { body, earlier, facts, host } = question
  // Mistral's chat has the form of OpenAI's, and fields that OpenAI refuses.
  const isForeign = api === 'openai-chat' && host.includes('mistral')
  if (facts.api === api && !isForeign && isObject(body)) return sameForModel(body, api, model, earlier)
  return writeAsking(readAsking(facts.api, body, earlier), api, model)
}
