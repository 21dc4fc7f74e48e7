import { Fields, present } from './fields.ts'
import { modelRoute } from './routes.ts'
import { modelName } from './settings.ts'
import type { Canonical, Operation, ParsedRequest, Provider } from './types.ts'

const OPERATIONS: readonly (readonly [suffix: string, operation: Operation])[] = [
  ['/images/generations', 'images.generate'],
  ['/audio/speech', 'audio.speech'],
]

const operationOf = (path: string): Operation | undefined =>
  OPERATIONS.find(([suffix]) => path.endsWith(suffix))?.[1]

const USER: ReadonlyMap<string, string> = new Map([['user', 'bookkeeping of the account']])

/** OpenAI's image generation and speech, and the compatible ones: every field counts. */
export const imagesAndSpeech: Provider = {
  api: 'openai-media',
  detect: ({ path, body }) => body !== undefined && operationOf(path) !== undefined,
  operation: ({ path }) => operationOf(path)!,
  route: modelRoute,
  canonicalize,
}

function canonicalize(request: ParsedRequest): Canonical {
  const fields = new Fields(request.body!)
  const model = modelName(fields.take('model'))
  const stream = fields.take('stream')
  return {
    fields: { ...fields.rest(USER, request.keep), ...present({ model: modelRoute(request).model ?? model }) },
    stream: stream === true,
  }
}
