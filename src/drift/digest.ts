import { defined } from '../base/defined.ts'
import type { Answer, AnswerReader } from './answer.ts'
import { imagesAudio } from './apis/images-audio.ts'
import { plain } from './apis/plain.ts'
import { errorOfStatus } from './errors.ts'
import { readerFor } from './readers.ts'
import { readResponse } from './reading/read-response.ts'
import type { Received } from './reading/received.ts'
import type { Digest, DigestOptions, DriftResponse } from './types.ts'

/**
 * What an answer says, without what differs at every call (ids, times, model builds, annotations). A JSON answer and
 * the stream of the same answer have the same digest, and so have different APIs that say the same.
 * @example
 * ```ts
 * digest({ status: 200, body: { choices: [{ message: { content: 'Paris.' }, finish_reason: 'stop' }] } },
 *   { api: 'openai-chat' }).choices[0].text // 'Paris.'
 * ```
 */
export function digest(response: DriftResponse, options: DigestOptions): Digest {
  const received = readResponse(response)
  const { status } = response
  if (status >= 400) return { ok: false, status, error: errorOfStatus(received), choices: [], usage: null }
  const answer = answerOf(readerFor(options.api), received)
  const { error, vectors, body } = answer
  return {
    ok: error === undefined,
    status,
    ...defined({ error }),
    choices: answer.choices.map((choice) => choice.build()),
    ...defined({ vectors, body }),
    usage: answer.usage ?? null,
  }
}

function answerOf(reader: AnswerReader, received: Received): Answer {
  const own = reader.read(received)
  if (own !== undefined) return own
  const other = plain.read(received) ?? { choices: [] }
  // A page in place of an answer, such as that of a gateway. A transcription may be plain text.
  if (received.form === 'text' && reader !== plain && reader !== imagesAudio)
    for (const choice of other.choices) choice.finish = 'error'
  return other
}
