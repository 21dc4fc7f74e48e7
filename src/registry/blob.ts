import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { constants, zstdCompress, zstdDecompress } from 'node:zlib'

import { toError } from '../base/to-error.ts'
import { RegistryError } from '../errors/registry-error.ts'

const compress = promisify(zstdCompress)
const decompress = promisify(zstdDecompress)

/** A file is stored in pieces of this size, bytes. */
export const PIECE_BYTES = 8 * 1024 * 1024
/** What zstd may add to a piece that it cannot make smaller, bytes. */
export const MAX_OBJECT_BYTES = PIECE_BYTES + 64 * 1024
/** Manifests have no pieces, bytes. */
export const MAX_MANIFEST_BYTES = 256 * 1024 * 1024

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** Makes the object of a piece. */
export const packed = (piece: Uint8Array): Promise<Uint8Array> =>
  compress(piece, { params: { [constants.ZSTD_c_compressionLevel]: 3 } })

/**
 * Reads the object of a piece, and checks it.
 * @param digest the SHA-256 of the piece, in hexadecimal
 * @param limit the most bytes that the piece may have
 * @throws {RegistryError} if it is another piece, or none
 */
export async function unpacked(bytes: Uint8Array, digest: string, limit: number): Promise<Uint8Array> {
  let piece: Uint8Array
  try {
    piece = await decompress(bytes, { maxOutputLength: Math.max(limit, 1) })
  } catch (error) {
    throw damaged(digest, `cannot be decompressed: ${toError(error).message}`)
  }
  const found = sha256(piece)
  if (found !== digest) throw damaged(digest, `holds other bytes: their SHA-256 is ${found}`)
  return piece
}

const damaged = (digest: string, problem: string): RegistryError =>
  new RegistryError(
    'corrupt',
    `The object ${digest} of the registry ${problem}. It was not used. Push the recordings again with --resend.`,
  )

/** The pieces of a file. An empty file has one empty piece. */
export function* piecesOf(bytes: Uint8Array): Generator<Uint8Array, void, void> {
  for (let at = 0; at === 0 || at < bytes.byteLength; at += PIECE_BYTES)
    yield bytes.subarray(at, at + PIECE_BYTES)
}
