import {
  brotliDecompressSync,
  constants,
  gunzipSync,
  inflateRawSync,
  inflateSync,
  zstdDecompressSync,
} from 'node:zlib'
import { headerValues } from '../exchange/headers.ts'
import type { HeaderPairs } from '../exchange/exchange.ts'

/** What decodes to more than this is searched as it is. */
const MAX_DECODED_BYTES = 512 * 1024 * 1024

/**
 * A compressed body in the clear, where nobody has decoded it yet: what is compressed cannot be searched. The end may
 * be missing. `undefined`: the body is in the clear, or in a coding that cannot be undone.
 */
export function decodeForSearch(
  body: Uint8Array,
  { headers, contentDecoded }: { readonly headers: HeaderPairs; readonly contentDecoded?: true },
): Uint8Array | undefined {
  if (contentDecoded === true) return undefined
  const codings = headerValues(headers, 'content-encoding')
    .flatMap((value) => value.toLowerCase().split(','))
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '' && coding !== 'identity')
  if (codings.length === 0) return undefined
  try {
    return codings.reduceRight(decode, body)
  } catch {
    return undefined
  }
}

function decode(body: Uint8Array, coding: string): Uint8Array {
  const zlib = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: MAX_DECODED_BYTES }
  switch (coding) {
    case 'gzip':
    case 'x-gzip':
      return gunzipSync(body, zlib)
    case 'deflate':
      // Some servers leave the zlib header out (RFC 9110 §8.4.1.2).
      return ((body[0] ?? 0) & 0x0f) === 8 ? inflateSync(body, zlib) : inflateRawSync(body, zlib)
    case 'br':
      return brotliDecompressSync(body, {
        finishFlush: constants.BROTLI_OPERATION_FLUSH,
        maxOutputLength: MAX_DECODED_BYTES,
      })
    case 'zstd':
      return zstdDecompressSync(body, {
        finishFlush: constants.ZSTD_e_flush,
        maxOutputLength: MAX_DECODED_BYTES,
      })
    default:
      throw new TypeError(`unknown content coding: ${coding}`)
  }
}
