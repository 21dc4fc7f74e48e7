import {
  brotliDecompressSync,
  constants,
  gunzipSync,
  inflateRawSync,
  inflateSync,
  zstdDecompressSync,
} from 'node:zlib'

import { codingsIn } from './content-codings.ts'
import type { Coding } from './zlib-coder.ts'

/** A body that decompresses to more bytes than this stays compressed. */
const MAX_DECODED_BYTES = 512 * 1024 * 1024

type Inflate = (bytes: Uint8Array, options: object) => unknown

/** How a coding is undone at once, and the flag that also reads the beginning of a body. */
export const INFLATE: Readonly<Record<Coding, readonly [Inflate, finishFlush: number]>> = {
  gzip: [gunzipSync, constants.Z_SYNC_FLUSH],
  deflate: [inflateSync, constants.Z_SYNC_FLUSH],
  br: [brotliDecompressSync, constants.BROTLI_OPERATION_FLUSH],
  zstd: [zstdDecompressSync, constants.ZSTD_e_flush],
}

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
  const codings = codingsIn(values)
  if (!codings?.length) return undefined
  try {
    return codings.reduceRight((bytes, coding) => decodeOne(bytes, coding, isCut), body)
  } catch {
    return undefined
  }
}

function decodeOne(body: Uint8Array, coding: Coding, isCut: boolean): Uint8Array {
  const [known, finishFlush] = INFLATE[coding]
  // Some servers leave the zlib header out (RFC 9110, section 8.4.1.2).
  const isBare = coding === 'deflate' && ((body[0] ?? 0) & 0x0f) !== 8
  const inflate: Inflate = isBare ? inflateRawSync : known
  return inflate(body, { maxOutputLength: MAX_DECODED_BYTES, ...(isCut && { finishFlush }) }) as Buffer
}
