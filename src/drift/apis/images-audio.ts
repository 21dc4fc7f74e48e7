import { defined } from '../../base/defined.ts'
import { isList, isObject, type JsonObject, textOf } from '../../providers/json/json.ts'
import { type Answer, type AnswerReader, field, string, usageOf } from '../answer.ts'
import { ChoiceBuilder } from '../choice-builder.ts'
import { errorIn } from '../errors.ts'
import { objectOf, type StreamEvent } from '../reading/received.ts'

/** What a transcription may have beside its text. */
const TRANSCRIPT = new Set([
  'text',
  'task',
  'language',
  'duration',
  'segments',
  'words',
  'logprobs',
  'usage',
  'model',
  'x_groq',
])

/** Images, speech, transcriptions and translations of OpenAI and compatible APIs. */
export const imagesAudio: AnswerReader = {
  apis: [
    'openai-media',
    'images',
    'audio',
    'audio-transcription',
    'audio-translation',
    'audio-speech',
    'multipart',
  ],
  read(received) {
    if (received.form === 'stream') return readStream(received.events)
    const body = objectOf(received)
    if (body === undefined) return undefined
    const choice = new ChoiceBuilder()
    if (isList(body['data']) && body['data'].some(isImage)) {
      for (const image of body['data']) addImage(choice, image, string(body['output_format']))
      return { choices: [choice], usage: usage(body) }
    }
    if (typeof body['text'] === 'string' && Object.keys(body).every((key) => TRANSCRIPT.has(key))) {
      choice.text = body['text']
      return { choices: [choice], usage: usage(body) }
    }
    const error = errorIn(body)
    return error ? { choices: [], error } : undefined
  },
}

const usage = (body: JsonObject): Answer['usage'] => usageOf(body['usage'], 'input_tokens', 'output_tokens')

const isImage = (item: unknown): boolean => field(item, 'b64_json', 'url') !== undefined

function addImage(choice: ChoiceBuilder, image: unknown, format: string): void {
  choice.addMedia(format === '' ? 'image' : `image/${format}`, string(field(image, 'b64_json', 'url')))
}

function readStream(events: readonly StreamEvent[]): Answer | undefined {
  const choice = new ChoiceBuilder()
  const audio: Buffer[] = []
  let known = false
  let ended = false
  let count: Answer['usage'] = null
  let error: Answer['error']
  for (const { data } of events) {
    if (!isObject(data)) continue
    error ??= errorIn(data)
    const type = string(data['type'])
    known ||= /^(?:transcript|speech|image_(?:generation|edit))\./.test(type)
    ended ||= /\.(?:done|completed)$/.test(type)
    if (type === 'transcript.text.delta') choice.text += string(data['delta'])
    if (type === 'transcript.text.done') choice.text = textOf(data['text']) ?? choice.text
    if (type === 'speech.audio.delta') audio.push(Buffer.from(string(data['audio']), 'base64'))
    if (/^image_(?:generation|edit)\.completed$/.test(type))
      addImage(choice, data, string(data['output_format']))
    count = usage(data) ?? count
  }
  if (!known) return error ? { choices: [], error } : undefined
  if (audio.length > 0) choice.addMedia('audio', Buffer.concat(audio))
  choice.truncated = !ended && error === undefined
  return { choices: [choice], usage: count, ...defined({ error }) }
}
