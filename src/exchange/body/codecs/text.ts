import { type BodyCodec, piecesOf } from '../codec.ts'
import { looksBinary } from '../payload.ts'
import type { TextBody } from '../stored-body.ts'
import { checkChoice, checkDelay, checkString } from '../stored-checks.ts'
import { storedDelay } from '../timeline.ts'

const BOM = '\uFEFF'
const TEXTUAL = /^text\/|[/+](?:json|xml|javascript|ecmascript|yaml|x-www-form-urlencoded|sql|sdp)$/

/** UTF-8 text. A text with control characters, which YAML must escape, becomes base64 unless its content type says text. */
export const textCodec: BodyCodec<TextBody> = {
  form: 'text',

  encode(source) {
    const { text, contentType } = source
    if (text === undefined) return undefined
    if (looksBinary(text) && !TEXTUAL.test(contentType?.type ?? '')) return undefined
    const delay = storedDelay(source.totalDelayMs)
    return text.startsWith(BOM) ? { text: text.slice(1), bom: true, ...delay } : { text, ...delay }
  },

  decode: (stored) =>
    piecesOf(Buffer.from(stored.bom === true ? BOM + stored.text : stored.text), stored.delay_ms ?? 0),

  check(stored) {
    checkString(stored['text'], ['text'])
    checkChoice(stored, 'bom', [true])
    checkDelay(stored)
  },
}
