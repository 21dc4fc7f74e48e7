import type { BodyCodec } from '../codec.ts'
import { piecesOf } from '../codec.ts'
import { scanMultipart } from '../../wire/multipart.ts'
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

/** `multipart/*` (RFC 2046 §5.1), mostly form data with files. */
export const multipartCodec: BodyCodec<MultipartBody> = {
  form: 'multipart',

  encode(source) {
    const boundary = source.contentType?.boundary ?? boundaryOf(source.bytes)
    if (boundary === undefined || boundary === '') return undefined
    const { bytes } = source
    const layout = scanMultipart(bytes, boundary, { lineEnd: 'crlf', longerLine: 'delimiter' })
    if (layout?.epilogue === undefined) return undefined
    const parts = layout.parts.map(({ start, end }) => partOf(bytes.subarray(start, end)))
    if (parts.includes(undefined)) return undefined
    const preamble = bytes.toString('utf8', 0, layout.first)
    const epilogue = bytes.toString('utf8', layout.epilogue)
    return {
      multipart: parts.filter((part) => part !== undefined),
      boundary,
      ...(preamble === '' ? {} : { preamble }),
      ...(epilogue === CRLF ? {} : { epilogue }),
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

/**
 * A part with the end of its delimiter line. `undefined`: more than a line end follows the boundary, or the headers are not
 * plain `Name: value` lines.
 */
function partOf(bytes: Buffer): MultipartPart | undefined {
  const blank = bytes.indexOf(CRLF + CRLF)
  if (blank === -1 || bytes.indexOf(CRLF) !== 0) return undefined
  const head = bytes.toString('utf8', CRLF.length, blank + CRLF.length)
  if (looksBinary(head)) return undefined
  const headers: [string, string][] = []
  for (const line of head.split(CRLF).slice(0, -1)) {
    const colon = line.indexOf(': ')
    if (colon === -1) return undefined
    headers.push([line.slice(0, colon), line.slice(colon + 2)])
  }
  return { headers: Object.fromEntries(headers), ...encodePayload(bytes.subarray(blank + 2 * CRLF.length)) }
}
