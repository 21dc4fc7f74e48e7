import { isUtf8 } from 'node:buffer'
import { payloadText, readJson } from './json/text.ts'
import type { Base64Payload, JsonLayout, JsonPayload, TextPayload } from './stored-body.ts'

/** What a line, a part or a message carries. */
export type Payload = JsonPayload | TextPayload | Base64Payload

/** Bytes per piece where base64 is a list: a multiple of 3, so that only the last piece is padded. */
export const BASE64_PIECE_BYTES = 3 * 256 * 1024

/** Controls that no text has, tab, line ends, form feed and escape aside. */
const BINARY = /[\0-\u0008\u000B\u000E-\u001A\u001C-\u001F]/

/** Does this text hold control characters that say it is no text? */
export function looksBinary(text: string): boolean {
  return BINARY.test(text)
}

/** The most readable form of a payload that is JSON, text or neither. JSON scalars read best as text. */
export function encodePayload(bytes: Buffer): Payload {
  if (!isUtf8(bytes)) return { base64: encodeBase64(bytes) }
  const text = bytes.toString('utf8')
  if (/^[{[]/.test(text)) {
    const read = readJson(text)
    if (read !== undefined) return { json: read.value, ...read.layout }
  }
  return looksBinary(text) ? { base64: encodeBase64(bytes) } : { text }
}

export function decodePayload(payload: Payload, layout?: JsonLayout): Buffer {
  if ('json' in payload) return Buffer.from(payloadText(payload, layout))
  if ('text' in payload) return Buffer.from(payload.text)
  return Buffer.concat([...decodeBase64(payload.base64)])
}

/** One string, or a list of pieces where the body is large: no string then nears V8's limit. */
export function encodeBase64(bytes: Buffer): string | string[] {
  if (bytes.length <= BASE64_PIECE_BYTES) return bytes.toString('base64')
  const pieces: string[] = []
  for (let start = 0; start < bytes.length; start += BASE64_PIECE_BYTES) {
    pieces.push(bytes.toString('base64', start, Math.min(start + BASE64_PIECE_BYTES, bytes.length)))
  }
  return pieces
}

export function* decodeBase64(base64: string | readonly string[]): Generator<Buffer, void, void> {
  for (const piece of typeof base64 === 'string' ? [base64] : base64) yield Buffer.from(piece, 'base64')
}
