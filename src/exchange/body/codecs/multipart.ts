import type { BodyCodec } from '../codec.ts'
import { piecesOf } from '../codec.ts'
import { decodePayload, encodePayload, looksBinary } from '../payload.ts'
import type { MultipartBody, MultipartPart } from '../stored-body.ts'
import {
  checkDelay,
  checkList,
  checkMapping,
  checkOptionalString,
  checkPayload,
  checkString,
} from '../stored-checks.ts'
import { storedDelay } from '../timeline.ts'

const CRLF = '\r\n'

/** `multipart/*` (RFC 2046 §5.1): form data with files, most of all. */
export const multipartCodec: BodyCodec<MultipartBody> = {
  form: 'multipart',

  encode(source) {
    const boundary = source.contentType?.boundary ?? boundaryOf(source.bytes)
    if (boundary === undefined || boundary === '') return undefined
    const split = splitParts(source.bytes, boundary)
    if (split === undefined) return undefined
    const parts = split.parts.map(partOf)
    if (parts.includes(undefined)) return undefined
    return {
      multipart: parts.filter((part) => part !== undefined),
      boundary,
      ...(split.preamble === '' ? {} : { preamble: split.preamble }),
      ...(split.epilogue === CRLF ? {} : { epilogue: split.epilogue }),
      ...storedDelay(source.totalDelayMs),
    }
  },

  decode(stored) {
    const pieces: Buffer[] = [Buffer.from(stored.preamble ?? '')]
    for (const part of stored.multipart) {
      const headers = Object.entries(part.headers).map(([name, value]) => `${name}: ${value}${CRLF}`)
      pieces.push(Buffer.from(`--${stored.boundary}${CRLF}${headers.join('')}${CRLF}`))
      pieces.push(decodePayload(part), Buffer.from(CRLF))
    }
    pieces.push(Buffer.from(`--${stored.boundary}--${stored.epilogue ?? CRLF}`))
    return piecesOf(Buffer.concat(pieces), stored.delay_ms ?? 0)
  },

  check(stored) {
    checkList(stored['multipart'], ['multipart'], 'a list of parts').forEach((value, index) => {
      const path = ['multipart', index]
      const part = checkMapping(value, path, 'a mapping with headers and json, text or base64')
      const headers = checkMapping(
        part['headers'],
        [...path, 'headers'],
        'a mapping of header names to values',
      )
      for (const [name, header] of Object.entries(headers)) checkString(header, [...path, 'headers', name])
      checkPayload(part, path)
    })
    checkString(stored['boundary'], ['boundary'])
    checkOptionalString(stored, 'preamble')
    checkOptionalString(stored, 'epilogue')
    checkDelay(stored)
  },
}

function boundaryOf(bytes: Buffer): string | undefined {
  const line = bytes.toString('latin1', 0, 128)
  return /^--([!-~]{1,70})\r\n/.exec(line)?.[1]
}

interface Split {
  readonly preamble: string
  readonly parts: Buffer[]
  readonly epilogue: string
}

/** `undefined`: the body does not begin or end as RFC 2046 says. */
function splitParts(bytes: Buffer, boundary: string): Split | undefined {
  const delimiter = Buffer.from(`--${boundary}`)
  const inner = Buffer.from(`${CRLF}--${boundary}`)
  let at = bytes.subarray(0, delimiter.length).equals(delimiter) ? 0 : bytes.indexOf(inner) + CRLF.length
  if (at === 1) return undefined
  const preamble = bytes.toString('utf8', 0, at)
  const parts: Buffer[] = []
  for (;;) {
    const after = at + delimiter.length
    const mark = bytes.toString('latin1', after, after + 2)
    if (mark === '--') return { preamble, parts, epilogue: bytes.toString('utf8', after + 2) }
    const next = mark === CRLF ? bytes.indexOf(inner, after) : -1
    if (next === -1) return undefined
    parts.push(bytes.subarray(after + CRLF.length, Math.max(next, after + CRLF.length)))
    at = next + CRLF.length
  }
}

/** `undefined`: its headers are not plain `Name: value` lines. */
function partOf(bytes: Buffer): MultipartPart | undefined {
  const blank = bytes.subarray(0, 2).equals(Buffer.from(CRLF)) ? 0 : bytes.indexOf(CRLF + CRLF) + CRLF.length
  if (blank === 1) return undefined
  const head = bytes.toString('utf8', 0, blank)
  if (looksBinary(head)) return undefined
  const headers: [string, string][] = []
  for (const line of head.split(CRLF).slice(0, -1)) {
    const colon = line.indexOf(': ')
    if (colon === -1) return undefined
    headers.push([line.slice(0, colon), line.slice(colon + 2)])
  }
  return { headers: Object.fromEntries(headers), ...encodePayload(bytes.subarray(blank + CRLF.length)) }
}
