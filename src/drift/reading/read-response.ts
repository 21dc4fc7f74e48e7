import { bufferOf } from '../../base/bytes.ts'
import { isUtf8 } from 'node:buffer'

import { parseContentType } from '../../exchange/headers.ts'
import { isRawNumber, type JsonValue, parseJson } from '../../providers/json/json.ts'
import { decodeBytes } from '../../exchange/content-encoding/decode-bytes.ts'
import type { DriftResponse } from '../types.ts'
import { readEventStream } from './event-stream.ts'
import { readGrpc } from './grpc.ts'
import type { Received } from './received.ts'
import { cutArray, readLines, readSse } from './text-streams.ts'

/** Begins like server-sent events: a comment or one of the four fields. */
const SSE = /^\uFEFF?\s*(?:data|event|id|retry)?:/
const NDJSON = /^application\/(?:(?:x-)?(?:ndjson|jsonl|jsonlines|json-lines)|stream\+json)$/
const JSON_TYPE = /[/+]json$/

/** Takes a response apart. A body that is not what its headers declare is read as what it is. Never throws. */
export function readResponse(response: DriftResponse): Received {
  const headers = new Map([...headerMap(response.trailers), ...headerMap(response.headers)])
  const common = { status: response.status, headers, incomplete: response.incomplete === true }
  return { ...common, ...readBody(response, headers) }
}

type Body = Received extends infer Each
  ? Each extends Received
    ? Omit<Each, 'status' | 'headers' | 'incomplete'>
    : never
  : never

function readBody(response: DriftResponse, headers: ReadonlyMap<string, string>): Body {
  const { body, messages } = response
  if (messages !== undefined) return { form: 'messages', messages }
  if (body === null || body === undefined) return { form: 'empty' }
  const type = parseContentType(headers.get('content-type') ?? '')?.type ?? ''
  if (typeof body === 'string') return body === '' ? { form: 'empty' } : readText(body, type)
  if (!isBytes(body)) return { form: 'json', json: plainJson(body) }
  const bytes = decodeBytes(body, [headers.get('content-encoding') ?? ''], false) ?? body
  if (bytes.length === 0) return { form: 'empty' }
  const frames = readEventStream(bytes, type)
  if (frames !== undefined) return frames
  const grpc = readGrpc(bytes, type)
  if (grpc !== undefined) return grpc
  const isText = isUtf8(bytes) || /^text\/|json|event-stream/.test(type)
  return isText && !/^(?:image|audio|video)\//.test(type)
    ? readText(bufferOf(bytes).toString('utf8'), type)
    : { form: 'bytes', bytes, type }
}

const isBytes = (body: unknown): body is Uint8Array => body instanceof Uint8Array

function readText(text: string, type: string): Body {
  if (type === 'text/event-stream' || SSE.test(text)) {
    const json = /^\s*[{[]/.test(text) ? parseJson(text) : undefined
    return json ? { form: 'json', json: json.value } : readSse(text)
  }
  const parsed = parseJson(text.replace(/^\uFEFF/, ''))
  if (parsed !== undefined && !NDJSON.test(type)) return { form: 'json', json: parsed.value }
  const lines = readLines(text, NDJSON.test(type))
  if (lines !== undefined) return lines
  return cutArray(text) ?? { form: 'text', text, broken: JSON_TYPE.test(type) && /^\s*[{[]/.test(text) }
}

/** Numbers that a double cannot hold come as objects of their own from our parser; a user's value has none. */
const plainJson = (body: JsonValue): JsonValue =>
  typeof body === 'object' && body !== null && !isRawNumber(body)
    ? (parseJson(JSON.stringify(body))?.value ?? body)
    : body

function headerMap(headers: DriftResponse['headers']): Map<string, string> {
  const map = new Map<string, string>()
  if (headers === undefined) return map
  const pairs = Array.isArray(headers) ? (headers as [string, string][]) : Object.entries(headers)
  for (const [name, value] of pairs) {
    if (value === undefined || value === null) continue
    const key = name.toLowerCase()
    const line = Array.isArray(value) ? value.join(', ') : String(value)
    map.set(key, map.has(key) ? `${map.get(key)}, ${line}` : line)
  }
  return map
}
