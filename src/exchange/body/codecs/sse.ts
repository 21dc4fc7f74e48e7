import { SSE_FIELDS, type SseStyle, eolOf, renderSseEntry } from './sse-render.ts'
import { StoredBodyError } from '../stored-body-error.ts'
import {
  type Mapping,
  checkBase64,
  checkChoice,
  checkDelay,
  checkJson,
  checkLayout,
  checkList,
  checkMapping,
  checkString,
  isMapping,
  own,
} from '../stored-checks.ts'
import { isUtf8 } from 'node:buffer'
import { type BodyCodec, MAX_TEXT_BYTES } from '../codec.ts'
import { readJsonTexts } from '../json/texts.ts'
import { type SseEvent, parseSseBytes } from '../../wire/sse.ts'
import type { JsonPayload, SseBody, SseEntry, SseFields } from '../stored-body.ts'
import { storedDelay, Timeline } from '../timeline.ts'

const FIELDS = new Set(['data', 'event', 'id', 'retry', ''])
const BOM = Buffer.from('\uFEFF')

/** A server-sent event stream, one entry per event. Comments (as the WHATWG grammar calls them) are kept. */
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
    // An error page or a JSON error with this content type is not a stream.
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

/** Whether the first line with a value has no space after its colon. */
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

/** The fields with the data as JSON, else as text: the first that gives the block's bytes back. Else the block as it is. */
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

/** All lines of one field are one value. */
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

/** @throws {StoredBodyError} if the list under `sse` and the keys beside it do not have their shape */
function checkSse(stored: Mapping): void {
  checkList(stored['sse'], ['sse'], 'a list of events').forEach((entry, index) => checkEntry(entry, index))
  if (stored['layout'] !== undefined) checkLayout(checkMapping(stored['layout'], ['layout']), ['layout'])
  checkChoice(stored, 'eol', ['crlf', 'cr'])
  checkChoice(stored, 'tight', [true, false])
  checkChoice(stored, 'bom', [true, false])
}

function checkEntry(value: unknown, index: number): void {
  const path = ['sse', index]
  const entry = checkMapping(value, path, 'a mapping of event fields')
  checkDelay(entry, path)
  const kinds = ['raw', 'base64'].filter((key) => Object.hasOwn(entry, key))
  const fields = SSE_FIELDS.filter((key) => Object.hasOwn(entry, key))
  if (kinds.length + Math.min(fields.length, 1) !== 1) {
    throw new StoredBodyError(
      path,
      'event fields (data, event, id, retry, comment), or raw, or base64',
      value,
    )
  }
  if (kinds[0] === 'raw') checkString(entry['raw'], [...path, 'raw'])
  else if (kinds[0] === 'base64') checkBase64(entry['base64'], [...path, 'base64'])
  for (const field of fields) checkField(field, own(entry, field), [...path, field])
}

function checkField(field: string, value: unknown, path: (string | number)[]): void {
  if (field === 'data' && isMapping(value)) {
    if (!Object.hasOwn(value, 'json'))
      throw new StoredBodyError(path, 'a string, or a mapping with json', value)
    checkJson(value['json'], [...path, 'json'])
    checkLayout(value, path)
    return
  }
  if (field === 'retry' && typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return
  const text = checkString(value, path)
  // A CR ends a line too: it would break the event apart.
  if (text.includes('\r')) throw new StoredBodyError(path, 'a string without carriage returns', value)
}
