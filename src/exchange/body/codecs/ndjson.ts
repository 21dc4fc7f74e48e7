import { isUtf8 } from 'node:buffer'
import { defined } from '../../../base/defined.ts'
import type { BodyCodec, BodySource } from '../codec.ts'
import { type JsonTexts, readJsonTexts } from '../json/texts.ts'
import { decodePayload, encodeBase64, looksBinary } from '../payload.ts'
import type { NdjsonBody, NdjsonEntry } from '../stored-body.ts'
import {
  checkChoice,
  checkDelay,
  checkLayout,
  checkList,
  checkMapping,
  checkPayload,
} from '../stored-checks.ts'
import { Timeline, storedDelay } from '../timeline.ts'

const LF = 0x0a
const CR = 0x0d

/** One JSON value per line (NDJSON, JSON Lines), as Ollama and Cohere stream. A line that is not JSON stays text. */
export const ndjsonCodec: BodyCodec<NdjsonBody> = {
  form: 'ndjson',

  encode(source) {
    const { bytes } = source
    const lines = [...eachLine(bytes)]
    const crlf = lines.some((line) => line.crlf)
    const texts = lines.map((line) => bytes.subarray(line.start, line.end - (line.crlf ? 1 : 0)))
    const read = readJsonTexts(texts.map((line) => (startsJson(line) ? line.toString('utf8') : undefined)))
    if (!read.entries.some((entry) => entry !== undefined)) return undefined
    const timeline = new Timeline(source.chunks)
    return {
      ndjson: lines.map(({ next }, index): NdjsonEntry => ({
        ...entryOf(texts[index] ?? Buffer.alloc(0), read.entries[index]),
        ...storedDelay(timeline.delayUntil(next)),
      })),
      ...defined({ layout: read.layout }),
      ...(crlf ? { eol: 'crlf' } : {}),
      ...(bytes.at(-1) === LF ? {} : { newline: false }),
    }
  },

  *decode(stored) {
    const eol = Buffer.from(stored.eol === 'crlf' ? '\r\n' : '\n')
    const last = stored.ndjson.length - 1
    for (const [index, entry] of stored.ndjson.entries()) {
      const line = decodePayload(entry, stored.layout)
      const bare = index === last && stored.newline === false
      yield { data: bare ? line : Buffer.concat([line, eol]), delayMs: entry.delay_ms ?? 0 }
    }
  },

  check(stored) {
    checkList(stored['ndjson'], ['ndjson'], 'a list of lines').forEach((entry, index) => {
      const line = checkMapping(entry, ['ndjson', index], 'a mapping with json, text or base64')
      checkPayload(line, ['ndjson', index])
      checkDelay(line, ['ndjson', index])
    })
    if (stored['layout'] !== undefined) checkLayout(checkMapping(stored['layout'], ['layout']), ['layout'])
    checkChoice(stored, 'eol', ['crlf'])
    checkChoice(stored, 'newline', [true, false])
  },
}

/** Two lines or more, each an object or a list: that is NDJSON, whatever the content type says. */
export function looksLikeNdjson({ bytes }: BodySource): boolean {
  let lines = 0
  for (const { start, end } of eachLine(bytes)) {
    if (!isWholeJson(bytes.subarray(start, end))) return false
    lines += 1
  }
  return lines > 1
}

interface Line {
  readonly start: number
  /** Before the LF. */
  readonly end: number
  readonly next: number
  readonly crlf: boolean
}

function* eachLine(bytes: Buffer): Generator<Line, void, void> {
  for (let start = 0; start < bytes.length;) {
    const lf = bytes.indexOf(LF, start)
    const end = lf === -1 ? bytes.length : lf
    const next = lf === -1 ? end : end + 1
    yield { start, end, next, crlf: lf > start && bytes[lf - 1] === CR }
    start = next
  }
}

function startsJson(line: Buffer): boolean {
  return (line[0] === 0x7b || line[0] === 0x5b) && isUtf8(line)
}

function isWholeJson(line: Buffer): boolean {
  if (line[0] !== 0x7b && line[0] !== 0x5b) return false
  try {
    JSON.parse(line.toString('utf8'))
    return true
  } catch {
    return false
  }
}

function entryOf(line: Buffer, json: JsonTexts['entries'][number]): NdjsonEntry {
  if (json !== undefined) return json
  const text = isUtf8(line) ? line.toString('utf8') : undefined
  return text === undefined || looksBinary(text) ? { base64: encodeBase64(line) } : { text }
}
