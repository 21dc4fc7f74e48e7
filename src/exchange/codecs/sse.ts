import { isUtf8 } from 'node:buffer'
import { type BodyCodec, MAX_TEXT_BYTES } from '../body/body-codec.ts'
import { readJsonTexts } from '../json-texts.ts'
import { type SseEvent, parseSseBytes } from '../sse.ts'
import { type SseStyle, eolOf, renderSseEntry } from '../sse-render.ts'
import type { JsonPayload, SseBody, SseEntry, SseFields } from '../body/stored-body.ts'
import { storedDelay, Timeline } from '../body/timeline.ts'
import { checkSse } from './sse-check.ts'

const FIELDS = new Set(['data', 'event', 'id', 'retry', ''])
const BOM = Buffer.from('\uFEFF')

/** A server-sent event stream, one entry per event; what the WHATWG grammar calls comments is kept. */
export const sseCodec: BodyCodec<SseBody> = {
  form: 'sse',

  encode(source) {
    const { bytes } = source
    if (bytes.length > MAX_TEXT_BYTES) return undefined
    const events = [...parseSseBytes(bytes)]
    const lines = events.flatMap((event) => event.lines)
    const eol = lines.find(({ terminator }) => terminator !== '')?.terminator
    const style = {
      ...(eol === '\r\n' ? { eol: 'crlf' as const } : eol === '\r' ? { eol: 'cr' as const } : {}),
      ...(isTight(bytes, events) ? { tight: true as const } : {}),
    }
    const { entries: payloads, layout } = readJsonTexts(events.map(jsonText))
    const full: SseStyle = layout === undefined ? style : { ...style, layout }
    const timeline = new Timeline(source.chunks)
    const entries = events.map((event, index) => ({
      ...storedDelay(timeline.delayUntil(event.end)),
      ...entryOf({
        bytes: bytes.subarray(event.start, event.end),
        event,
        payload: payloads[index],
        style: full,
      }),
    }))
    // An error page or a JSON error under this content type is no stream.
    if (entries.every((entry) => 'raw' in entry || 'base64' in entry)) return undefined
    return {
      sse: entries,
      ...full,
      ...(bytes.subarray(0, 3).equals(BOM) ? { bom: true } : {}),
    }
  },

  *decode(stored) {
    let prefix = stored.bom === true ? BOM : undefined
    for (const entry of stored.sse) {
      const data = renderSseEntry(entry, stored)
      yield {
        data: prefix === undefined ? data : Buffer.concat([prefix, data]),
        delayMs: entry.delay_ms ?? 0,
      }
      prefix = undefined
    }
    if (prefix !== undefined) yield { data: prefix, delayMs: 0 }
  },

  check: checkSse,
}

/** Does the first line with a value stand without the space after its colon? */
function isTight(bytes: Buffer, events: readonly SseEvent[]): boolean {
  for (const { lines } of events) {
    for (const { field, valueStart, end } of lines) {
      if (field !== '' && FIELDS.has(field) && valueStart < end) return bytes[valueStart - 1] === 0x3a
    }
  }
  return false
}

function jsonText({ data, terminator }: SseEvent): string | undefined {
  return terminator !== '' && data !== undefined && /^[{[]/.test(data) ? data : undefined
}

interface Candidate {
  readonly bytes: Buffer
  readonly event: SseEvent
  readonly payload: JsonPayload | undefined
  readonly style: SseStyle
}

/** The fields, if they give the block's bytes back; with the data as text, if that does; else the block as it is. */
function entryOf({ bytes, event, payload, style }: Candidate): SseEntry {
  if (!isUtf8(bytes)) return { base64: bytes.toString('base64') }
  if (event.terminator === eolOf(style) && event.lines.length > 0) {
    const fields = fieldsOf(event)
    for (const candidate of payload === undefined ? [fields] : [{ ...fields, data: payload }, fields]) {
      if (candidate !== undefined && renderSseEntry(candidate, style).equals(bytes)) return candidate
    }
  }
  return { raw: bytes.toString('utf8') }
}

/** Lines of one field that follow each other are one value. */
function fieldsOf(event: SseEvent): SseFields {
  const values = new Map<string, string>()
  for (const { field, value } of event.lines) {
    const name = field === '' ? 'comment' : field
    const before = values.get(name)
    values.set(name, before === undefined ? value : `${before}\n${value}`)
  }
  const retry = values.get('retry')
  const fields: Record<string, string | number> = Object.fromEntries(values)
  if (retry !== undefined && /^(?:0|[1-9]\d{0,14})$/.test(retry)) fields['retry'] = Number(retry)
  return fields
}
