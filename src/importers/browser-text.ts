import { isUtf8 } from 'node:buffer'

/** Each byte as browsers read it if a response names no charset (WHATWG Encoding, windows-1252). */
const LATIN = new TextDecoder('windows-1252').decode(Uint8Array.from({ length: 256 }, (_, i) => i))
const BYTES = new Map(Array.from(LATIN, (character, byte) => [character, byte]))

/**
 * The bytes of a body that a browser has kept as text. Browsers read a body without a charset as windows-1252 before they keep it,
 * also an event stream, which is UTF-8. `GrÃ¼ÃŸe` shows it: no text but that of UTF-8 is valid UTF-8 when it is turned back.
 */
export function bytesOfText(text: string): Buffer {
  const utf8 = Buffer.from(text)
  if (utf8.byteLength === text.length) return utf8
  const bytes = Buffer.alloc(text.length)
  for (let i = 0; i < text.length; i++) {
    const byte = BYTES.get(text[i] ?? '')
    if (byte === undefined) return utf8
    bytes[i] = byte
  }
  return isUtf8(bytes) ? bytes : utf8
}
