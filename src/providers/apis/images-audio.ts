import { Fields, present } from '../requests/fields.ts'
import { isObject } from '../json/json.ts'
import { modelRoute } from '../requests/routes.ts'
import { modelName } from '../chat/settings.ts'
import type { Canonical, ParsedRequest, Provider } from '../types.ts'

const PATH = /\/(?:images\/generations|audio\/speech)$/

const USER: ReadonlyMap<string, string> = new Map([['user', 'bookkeeping of the account']])

/** OpenAI's image generation and speech, and the compatible APIs. Every field except `user` counts. */
export const imagesAndSpeech: Provider = {
  api: 'openai-media',
  detect: ({ path, json }) => isObject(json) && PATH.test(path),
  operation: ({ path }) => (path.endsWith('/audio/speech') ? 'audio.speech' : 'images.generate'),
  route: modelRoute,
  canonicalize,
}

function canonicalize(request: ParsedRequest): Canonical {
  const fields = new Fields(request.body)
  const model = modelName(fields.take('model'))
  const stream = fields.take('stream')
  return {
    fields: { ...fields.rest(USER, request.keep), ...present({ model: modelRoute(request).model ?? model }) },
    stream: stream === true,
  }
}
