import { isUtf8 } from 'node:buffer'
import { payloadText, readJson } from './json/text.ts'
import type { Base64Payload, JsonLayout, JsonPayload, TextPayload } from './stored-body.ts'

/** The content of a line, a part or a message. */
export type Payload = JsonPayload | TextPayload | Base64Payload

/** Bytes per piece if base64 is a list. A multiple of 3, so that only the last piece is padded. */
export const BASE64_PIECE_BYTES = 3 * 256 * 1024

/** Control characters that no text has. Tab, line ends, form feed and escape may be in a text. */
const BINARY = /[\0-\u0008\u000B\u000E-\u001A\u001C-\u001F]/

/** Whether this text has control characters that no text has. */
export function looksBinary(text: string): boolean {
  return BINARY.test(text)
}

/** The most readable form of a payload: JSON, text or base64. JSON scalars read best as text. */
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

/** One string, or a list of pieces if the body is large, so that no string comes near V8's limit. */
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
