import { defined } from '../../base/defined.ts'
import { decodeBytes } from '../../exchange/content-encoding/decode-bytes.ts'
import { isObject, type JsonValue, parseJson } from '../json/json.ts'
import { canonicalHost, canonicalPath, plainPath } from './location.ts'
import type { MatchRequest, ParsedRequest, ReadOptions } from '../types.ts'

const NOTHING: ReadonlySet<string> = new Set()
const NO_BYTES = new Uint8Array(0)

/**
 * Parses a request. Throws `TypeError` if its URL is not absolute. Headers may be wrong about the body: it is decoded only if
 * decoding succeeds, and read as JSON only if it parses.
 */
export function parseRequest(request: MatchRequest, options: ReadOptions = {}): ParsedRequest {
  const url = URL.parse(request.url)
  if (url === null)
    throw new TypeError(`The URL of a request must be absolute, found ${JSON.stringify(request.url)}.`)
  const headers = headerMap(request.headers)
  if (request.contentDecoded) for (const name of ['content-encoding', 'content-length']) headers.delete(name)
  const { bytes, text } = readBody(request.body, headers.get('content-encoding'))
  const json = text === undefined ? undefined : parseJson(text)?.value
  return {
    method: request.method.toUpperCase(),
    host: canonicalHost(url),
    path: canonicalPath(url),
    plainPath: plainPath(url),
    query: [...url.searchParams],
    headers,
    bytes,
    json,
    body: isObject(json) ? json : {},
    ...(/^wss?:$/.test(url.protocol) ? { websocket: true } : {}),
    keep: options.keep ?? NOTHING,
    counted: options.counted ?? NOTHING,
    ...defined({ moments: options.moments }),
  }
}

function headerMap(headers: MatchRequest['headers']): Map<string, string> {
  const map = new Map<string, string>()
  if (headers === undefined) return map
  const pairs = Array.isArray(headers) ? (headers as [string, string][]) : Object.entries(headers)
  for (const [name, value] of pairs) {
    if (value === undefined || value === null) continue
    const key = name.toLowerCase()
    const line = Array.isArray(value) ? value.join(', ') : String(value)
    const before = map.get(key)
    map.set(key, before === undefined ? line : `${before}, ${line}`)
  }
  return map
}

interface ReadBody {
  readonly bytes: Uint8Array
  /** The body as text, if it may be JSON. */
  readonly text?: string
}

function readBody(body: MatchRequest['body'], encoding: string | undefined): ReadBody {
  if (body === null || body === undefined) return { bytes: NO_BYTES }
  if (body instanceof Uint8Array) {
    const bytes = (body.length > 0 && decodeBytes(body, [encoding ?? ''], false)) || body
    if (!mayBeJson(bytes)) return { bytes }
    try {
      return { bytes, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }
    } catch {
      return { bytes }
    }
  }
  const text = typeof body === 'string' ? body.toWellFormed() : stringify(body)
  // `TextDecoder` removes the byte order mark of bytes, too.
  return { bytes: Buffer.from(text), text: text.replace(/^\uFEFF/, '') }
}

/** Whether the first byte after white space and a byte order mark can begin a JSON text. */
function mayBeJson(bytes: Uint8Array): boolean {
  const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
  const first = bytes
    .subarray(start)
    .find((byte) => byte !== 0x20 && byte !== 0x09 && byte !== 0x0d && byte !== 0x0a)
  return first !== undefined && '{["-0123456789tfn'.includes(String.fromCharCode(first))
}

/** Like `JSON.stringify`, for lists and objects of any depth. */
function stringify(value: JsonValue): string {
  try {
    return JSON.stringify(value)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return stringifyDeep(value)
  }
}

function stringifyDeep(root: JsonValue): string {
  const out: string[] = []
  const open: {
    readonly entries: (readonly [prefix: string, value: unknown])[]
    readonly end: string
    at: number
  }[] = []
  const write = (value: unknown): void => {
    if (Array.isArray(value)) {
      out.push('[')
      open.push({ entries: value.map((item: unknown) => ['', item ?? null]), end: ']', at: 0 })
    } else if (isObject(value)) {
      const entries = Object.entries(value).filter(([, item]) => item !== undefined)
      out.push('{')
      open.push({ entries: entries.map(([key, item]) => [`${JSON.stringify(key)}:`, item]), end: '}', at: 0 })
    } else {
      out.push(JSON.stringify(value) ?? 'null')
    }
  }
  write(root)
  for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
    const entry = top.entries[top.at]
    if (entry === undefined) {
      out.push(top.end)
      open.pop()
      continue
    }
    if (top.at > 0) out.push(',')
    top.at += 1
    out.push(entry[0])
    write(entry[1])
  }
  return out.join('')
}
