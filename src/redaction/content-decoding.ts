import { decodeBytes } from '../exchange/content-encoding/decode-bytes.ts'
import { headerValues } from '../exchange/headers.ts'
import type { HeaderPairs } from '../exchange/exchange.ts'

/**
 * Decompresses a body that nobody has decoded yet, because compressed bytes cannot be searched. The end may be missing.
 * @returns `undefined` if the body is not compressed, or if it cannot be decompressed
 */
export function decodeForSearch(
  body: Uint8Array,
  { headers, contentDecoded }: { readonly headers: HeaderPairs; readonly contentDecoded?: true },
): Uint8Array | undefined {
  return contentDecoded === true
    ? undefined
    : decodeBytes(body, headerValues(headers, 'content-encoding'), true)
}
