import {
  brotliDecompressSync,
  constants,
  gunzipSync,
  inflateRawSync,
  inflateSync,
  zstdDecompressSync,
} from 'node:zlib'

/** A body that decompresses to more bytes than this stays compressed. */
const MAX_DECODED_BYTES = 512 * 1024 * 1024

/**
 * Undoes the content codings of a whole body.
 * @param values the values of its `content-encoding` headers
 * @param isCut whether the end of the body may be missing
 * @returns `undefined` if there is no coding but `identity`, or if one is unknown, or if the body is corrupt or too large
 */
export function decodeBytes(
  body: Uint8Array,
  values: readonly string[],
  isCut: boolean,
): Uint8Array | undefined {
  const codings = values
    .flatMap((value) => value.toLowerCase().split(','))
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '' && coding !== 'identity')
  if (codings.length === 0) return undefined
  try {
    return codings.reduceRight((bytes, coding) => decodeOne(bytes, coding, isCut), body)
  } catch {
    return undefined
  }
}

function decodeOne(body: Uint8Array, coding: string, isCut: boolean): Uint8Array {
  const limit = { maxOutputLength: MAX_DECODED_BYTES }
  const zlib = isCut ? { ...limit, finishFlush: constants.Z_SYNC_FLUSH } : limit
  switch (coding) {
    case 'gzip':
    case 'x-gzip':
      return gunzipSync(body, zlib)
    case 'deflate':
      // Some servers leave the zlib header out (RFC 9110, section 8.4.1.2).
      return ((body[0] ?? 0) & 0x0f) === 8 ? inflateSync(body, zlib) : inflateRawSync(body, zlib)
    case 'br':
      return brotliDecompressSync(
        body,
        isCut ? { ...limit, finishFlush: constants.BROTLI_OPERATION_FLUSH } : limit,
      )
    case 'zstd':
      return zstdDecompressSync(body, isCut ? { ...limit, finishFlush: constants.ZSTD_e_flush } : limit)
    default:
      throw new TypeError(`unknown content coding: ${coding}`)
  }
}
