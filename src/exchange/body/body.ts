import { type BodyCodec, BodySource } from './codec.ts'
import { base64Codec } from './codecs/base64.ts'
import { eventStreamCodec } from './codecs/eventstream.ts'
import { formCodec } from './codecs/form.ts'
import { grpcCodec } from './codecs/grpc.ts'
import { jsonCodec } from './codecs/json.ts'
import { looksLikeNdjson, ndjsonCodec } from './codecs/ndjson.ts'
import { multipartCodec } from './codecs/multipart.ts'
import { sseCodec } from './codecs/sse.ts'
import { textCodec } from './codecs/text.ts'
import { webSocketCodec } from './codecs/websocket.ts'
import { isGrpc } from '../wire/grpc-frame.ts'
import { parseContentType } from '../headers.ts'
import { BODY_FORMS, type BodyForm, type StoredBody } from './stored-body.ts'
import { checkMapping } from './stored-checks.ts'
import { StoredBodyError } from './stored-body-error.ts'
import type { Chunk, MessageReader } from '../exchange.ts'

export interface BodyHint {
  /** The `content-type` header's value. */
  readonly contentType?: string
  /** What reads the messages of a `grpc` body, to say beside them what they say. */
  readonly messageReader?: MessageReader
}

/** Every form of body. */
export const bodyCodecs: { readonly [Form in BodyForm]: BodyCodec } = {
  json: jsonCodec,
  text: textCodec,
  sse: sseCodec,
  ndjson: ndjsonCodec,
  form: formCodec,
  multipart: multipartCodec,
  base64: base64Codec,
  eventstream: eventStreamCodec,
  grpc: grpcCodec,
  websocket: webSocketCodec,
}

/**
 * The most readable stored form of a body, content coding removed, from which {@link decodeBody} gives the very bytes
 * back: that is tried before it is used. Chosen by content type first, then by shape; at last `base64`. The bytes
 * alone decide, so the same traffic gives the same form. The delays of chunks become those of events, coarse (see
 * `quantizeDelay`). An empty body is `{text: ''}`; better not stored at all.
 */
export function encodeBody(chunks: readonly Chunk[], hint: BodyHint = {}): StoredBody {
  const source = new BodySource(chunks, parseContentType(hint.contentType ?? ''), hint.messageReader)
  for (const codec of candidates(source)) {
    const stored = codec.encode(source)
    if (stored !== undefined && givesBack(codec, stored, source.bytes)) return stored
  }
  return base64Codec.encode(source) ?? { base64: source.bytes.toString('base64') }
}

/**
 * The body's bytes: a chunk per event, line or message with its delay in milliseconds; bodies without events in chunks
 * of 64 KiB at most, the delay before the first. A body that a person may have edited goes through
 * {@link checkBody} first.
 */
export function decodeBody(stored: StoredBody): Chunk[] {
  return Array.from(codecOf(stored).decode(stored))
}

/**
 * Takes what a YAML parser gave for a stored body; keys it does not know are left alone.
 * @throws {StoredBodyError} no form or several, or a key whose value is not of that form; `path` says where.
 */
export function checkBody(value: unknown): StoredBody {
  const stored = checkMapping(value, [], `a mapping with one of ${BODY_FORMS.join(', ')}`)
  const forms = BODY_FORMS.filter((form) => Object.hasOwn(stored, form))
  const [form] = forms
  if (form === undefined || forms.length > 1) {
    throw new StoredBodyError([], `a mapping with one of ${BODY_FORMS.join(', ')}`, value)
  }
  bodyCodecs[form].check(stored)
  return value as StoredBody
}

/** The form of a stored body. */
export function formOf(stored: StoredBody): BodyForm {
  const form = BODY_FORMS.find((candidate) => Object.hasOwn(stored, candidate))
  if (form === undefined)
    throw new StoredBodyError([], `a mapping with one of ${BODY_FORMS.join(', ')}`, stored)
  return form
}

function codecOf(stored: StoredBody): BodyCodec {
  return bodyCodecs[formOf(stored)]
}

function* candidates(source: BodySource): Generator<BodyCodec, void, void> {
  const declared = formDeclared(source.contentType?.type ?? '')
  if (declared !== undefined) yield bodyCodecs[declared]
  if (declared !== 'json' && looksLikeJson(source.bytes)) yield bodyCodecs.json
  if (declared !== 'ndjson' && looksLikeNdjson(source)) yield bodyCodecs.ndjson
  yield bodyCodecs.text
}

function formDeclared(type: string): BodyForm | undefined {
  if (type === 'text/event-stream') return 'sse'
  if (type === 'application/vnd.amazon.eventstream') return 'eventstream'
  if (isGrpc(type)) return 'grpc'
  if (type === 'application/x-www-form-urlencoded') return 'form'
  if (type.startsWith('multipart/')) return 'multipart'
  if (/^application\/(?:(?:x-)?(?:ndjson|jsonl|jsonlines|json-lines)|stream\+json)$/.test(type))
    return 'ndjson'
  return /[/+]json$/.test(type) ? 'json' : undefined
}

/** An object or a list, white space and BOM before it aside. */
function looksLikeJson(bytes: Buffer): boolean {
  return /^(?:\u00EF\u00BB\u00BF)?[ \t\r\n]*[{[]/.test(bytes.toString('latin1', 0, 1024))
}

/** Compares piece by piece: no second copy of a large body is made. */
function givesBack(codec: BodyCodec, stored: StoredBody, bytes: Buffer): boolean {
  let offset = 0
  for (const { data } of codec.decode(stored)) {
    const end = offset + data.byteLength
    if (end > bytes.length || bytes.compare(data, 0, data.byteLength, offset, end) !== 0) return false
    offset = end
  }
  return offset === bytes.length
}
