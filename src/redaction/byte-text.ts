import { bufferOf } from '../base/bytes.ts'

/**
 * A string in which every character is one byte (0 to 255) of UTF-8 text or of whatever else a body holds: offsets
 * in it are byte offsets, invalid UTF-8 survives, and what JSON, SSE, URLs and forms are made of is ASCII.
 */
export type ByteText = string

const ASCII = /^[\0-\x7F]*$/

export function byteTextOf(bytes: Uint8Array): ByteText {
  return bufferOf(bytes).toString('latin1')
}

export function bytesOfText(text: ByteText): Buffer {
  return Buffer.from(text, 'latin1')
}

/** The UTF-8 bytes of an ordinary string. */
export function toByteText(text: string): ByteText {
  return ASCII.test(text) ? text : Buffer.from(text, 'utf8').toString('latin1')
}

/** The ordinary string of these UTF-8 bytes. */
export function fromByteText(text: ByteText): string {
  return ASCII.test(text) ? text : Buffer.from(text, 'latin1').toString('utf8')
}
