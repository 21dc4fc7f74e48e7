import { type BodyCodec, type BodySource, piecesOf } from '../codec.ts'
import { readArrayStream, writeArrayStream } from '../json/array.ts'
import { MAX_STRUCTURED_BYTES, layoutOf, readJson, writeJson } from '../json/text.ts'
import type { JsonBody } from '../stored-body.ts'
import {
  checkChoice,
  checkDelay,
  checkJson,
  checkLayout,
  checkList,
  checkOptionalString,
  checkString,
} from '../stored-checks.ts'
import { storedDelay } from '../timeline.ts'

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] }

/** One JSON value, compact or in a layout that a few keys can express. */
export const jsonCodec: BodyCodec<JsonBody> = {
  form: 'json',

  encode(source: BodySource) {
    if (source.bytes.length > MAX_STRUCTURED_BYTES || source.text === undefined) return undefined
    const frame = frameOf(source.text)
    const read = readJson(frame.text)
    const layout = read ?? readArrayStream(frame.text)
    if (layout === undefined) return undefined
    return {
      json: layout.value,
      ...layout.layout,
      ...('framing' in layout ? { framing: layout.framing } : {}),
      ...frame.keys,
      ...storedDelay(source.totalDelayMs),
    }
  },

  decode(stored) {
    const layout = layoutOf(stored)
    const value =
      stored.framing !== undefined && Array.isArray(stored.json)
        ? writeArrayStream(stored.json, layout, stored.framing)
        : writeJson(stored.json, layout)
    const newline = stored.newline === true ? '\n' : ''
    const lines = (stored.leading ?? '') + value + newline + (stored.trailing ?? '')
    const text = stored.eol === 'crlf' ? lines.replaceAll('\n', '\r\n') : lines
    return piecesOf(Buffer.from(stored.bom === true ? `\uFEFF${text}` : text), stored.delay_ms ?? 0)
  },

  check(stored) {
    checkJson(stored['json'], ['json'])
    checkLayout(stored)
    checkChoice(stored, 'eol', ['crlf'])
    checkChoice(stored, 'newline', [true, false])
    checkChoice(stored, 'bom', [true, false])
    checkOptionalString(stored, 'leading')
    checkOptionalString(stored, 'trailing')
    checkDelay(stored)
    if (stored['framing'] !== undefined) {
      const framing = checkList(stored['framing'], ['framing'], 'three strings')
      for (const index of [0, 1, 2]) checkString(framing[index], ['framing', index])
    }
  },
}

/** Takes off what surrounds the value: BOM, white space, CRLF line ends. */
function frameOf(body: string): { text: string; keys: Partial<JsonBody> } {
  const keys: Mutable<Partial<JsonBody>> = {}
  let text = body
  // A JSON string has no line ends, so these are all between tokens.
  if (text.includes('\r\n')) {
    const lf = text.replaceAll('\r\n', '\n')
    if (lf.replaceAll('\n', '\r\n') === text) {
      text = lf
      keys.eol = 'crlf'
    }
  }
  const bom = text.startsWith('\uFEFF')
  if (bom) text = text.slice(1)
  const leading = text.length - text.replace(/^[ \t\n\r]+/, '').length
  const end = endOfValue(text)
  if (leading > 0) keys.leading = text.slice(0, leading)
  const trailing = text.slice(end)
  if (trailing === '\n') keys.newline = true
  else if (trailing !== '') keys.trailing = trailing
  if (bom) keys.bom = true
  return { text: text.slice(leading, Math.max(end, leading)), keys }
}

function endOfValue(text: string): number {
  let end = text.length
  while (end > 0 && ' \t\n\r'.includes(text.charAt(end - 1))) end -= 1
  return end
}
