import { type BodyCodec, BodySource } from './codec.ts'
import { base64Codec } from './codecs/base64.ts'
import { eventStreamCodec } from './codecs/eventstream.ts'
import { formCodec } from './codecs/form.ts'
import { grpcCodec } from './codecs/grpc.ts'
import { jsonCodec } from './codecs/json.ts'
import { looksLikeNdjson, ndjsonCodec } from './codecs/ndjson.ts'
import { multipartCodec } from './codecs/multipart.ts'
import { sidecarCodec } from './codecs/sidecar.ts'
import { sseCodec } from './codecs/sse.ts'
import { textCodec } from './codecs/text.ts'
import { websocketCodec } from './codecs/websocket.ts'
import { isGrpc } from '../wire/grpc-frame.ts'
import { parseContentType } from '../headers.ts'
import { BODY_FORMS, type BodyForm, type StoredBody } from './stored-body.ts'
import { checkMapping } from './stored-checks.ts'
import { StoredBodyError } from './stored-body-error.ts'
import type { Chunk, MessageReader } from '../exchange.ts'

export interface BodyHint {
  /** The `content-type` header's value. */
  readonly contentType?: string
  /** Reads the messages of a `grpc` body. Their JSON is stored beside them. */
  readonly messageReader?: MessageReader
}

/** The codec of each form of body. */
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
  websocket: websocketCodec,
  sidecar: sidecarCodec,
}

/**
 * The most readable stored form of a body whose content coding is removed. {@link decodeBody} gives the same bytes back: that
 * is tried before a form is used. The content type is asked first, then the shape; `base64` comes last. How the body was cut
 * into chunks does not matter, so the same traffic gives the same form. The delays of chunks become delays of events, rounded
 * (see `quantizeDelay`). An empty body is `{text: ''}`; better do not store it.
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
 * The body's bytes. A body with events gives a chunk for each event, line or message, with its delay in milliseconds. Other
 * bodies give chunks of at most 64 KiB, with the delay before the first. Call {@link checkBody} first if a person may have
 * edited the body.
 */
export function decodeBody(stored: StoredBody): Chunk[] {
  return Array.from(codecOf(stored).decode(stored))
}

/**
 * Checks what a YAML parser gave for a stored body. Ignores keys that it does not know.
 * @throws {StoredBodyError} if it has no form or several, or if a value does not fit its form; `path` says where
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

/** Whether the body begins like an object or a list, after a BOM and white space. */
function looksLikeJson(bytes: Buffer): boolean {
  return /^(?:\u00EF\u00BB\u00BF)?[ \t\r\n]*[{[]/.test(bytes.toString('latin1', 0, 1024))
}

/** Compares piece by piece, without a second copy of a large body. */
function givesBack(codec: BodyCodec, stored: StoredBody, bytes: Buffer): boolean {
  let offset = 0
  for (const { data } of codec.decode(stored)) {
    const end = offset + data.byteLength
    if (end > bytes.length || bytes.compare(data, 0, data.byteLength, offset, end) !== 0) return false
    offset = end
  }
  return offset === bytes.length
}
