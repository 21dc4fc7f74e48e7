import { bufferOf } from '../base/bytes.ts'

/**
 * A string in which every character is one byte (0 to 255) of UTF-8 or of any other body. So offsets are byte offsets, and
 * invalid UTF-8 survives. The syntax characters of JSON, SSE, URLs and forms are ASCII.
 */
export type ByteText = string

const ASCII = /^[\0-\x7F]*$/

export function byteTextOf(bytes: Uint8Array): ByteText {
  return bufferOf(bytes).toString('latin1')
}

export function bytesOfText(text: ByteText): Buffer {
  return Buffer.from(text, 'latin1')
}

/** The UTF-8 bytes of an ordinary string, as byte text. */
export function toByteText(text: string): ByteText {
  return ASCII.test(text) ? text : Buffer.from(text, 'utf8').toString('latin1')
}

/** The ordinary string that these UTF-8 bytes encode. */
export function fromByteText(text: ByteText): string {
  return ASCII.test(text) ? text : Buffer.from(text, 'latin1').toString('utf8')
}
