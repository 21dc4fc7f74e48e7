import { PIECE_BYTES, sha256, unpacked } from '../registry/blob.ts'
import type { StoredFile } from '../registry/manifest.ts'
import { blobKey } from '../registry/names.ts'
import { inParallel } from '../registry/parallel.ts'
import { RegistryError } from '../errors/registry-error.ts'
import type { Cache } from './cache.ts'
import type { Place } from './place.ts'

const WIDTH = 8

/**
 * Gets the pieces of files into the cache, those that are not there. Each is checked.
 * @throws {RegistryError} if one is missing or damaged; the others stay in the cache
 */
export async function fetchPieces(
  { store, project }: Place,
  files: readonly StoredFile[],
  cache: Cache,
  onPiece: (bytes: number) => void,
): Promise<void> {
  const blobs = new Map(
    files.flatMap(({ blobs: names }) => names.map((name) => [digestOf(name), name] as const)),
  )
  const missing = [...blobs].filter(([digest]) => !cache.has(digest))
  await inParallel(missing, WIDTH, async ([digest, name]) => {
    const found = await store.get(blobKey(project, name))
    if (!found)
      throw new RegistryError(
        'missing',
        `The registry ${store.name} has lost the object ${name}, which a ref needs. Nothing was written. Push the recordings again with --resend.`,
      )
    const piece = await unpacked(found.bytes, digest, PIECE_BYTES)
    cache.write(digest, piece)
    onPiece(piece.byteLength)
  })
}

/**
 * Puts a file together.
 * @throws {RegistryError} if its pieces are not in the cache any more, or are not its pieces
 */
export function assemble(file: StoredFile, cache: Cache): Buffer {
  const pieces = file.blobs.map((name) => cache.read(digestOf(name)) ?? gone(name))
  const bytes = Buffer.concat(pieces)
  if (sha256(bytes) !== file.sha256 || bytes.byteLength !== file.bytes)
    throw new RegistryError(
      'corrupt',
      `The registry says that a file has the SHA-256 ${file.sha256}, and its pieces have another. It was not used. Push again with --resend.`,
    )
  return bytes
}

const digestOf = (blob: string): string => blob.slice(0, 64)

function gone(name: string): never {
  throw new RegistryError(
    'unreachable',
    `The piece ${name} is not in the cache any more. Another process may have removed it, or its disk is full. Call it again.`,
  )
}
