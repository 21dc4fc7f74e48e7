import { MAX_MANIFEST_BYTES, MAX_OBJECT_BYTES, PIECE_BYTES, unpacked } from '../registry/blob.ts'
import { readManifest, readRef } from '../registry/manifest.ts'

/** The most bytes that the object of a key may have. */
export function limitOf(key: string): number {
  if (key.includes('/blobs/')) return MAX_OBJECT_BYTES
  return key.includes('/refs/') ? 4096 : MAX_COMPRESSED_BYTES
}

/** Of a manifest, and of what else changes. */
const MAX_COMPRESSED_BYTES = 32 * 1024 * 1024

/**
 * Checks what somebody wants to write: nobody can put other bytes under a digest.
 * @throws {RegistryError} if it is not what its key says
 */
export async function checkObject(key: string, bytes: Uint8Array): Promise<void> {
  const name = key.slice(key.lastIndexOf('/') + 1)
  if (key.includes('/blobs/')) await unpacked(bytes, name.slice(0, 64), PIECE_BYTES)
  else if (key.includes('/manifests/')) readManifest(await unpacked(bytes, name, MAX_MANIFEST_BYTES), name)
  else if (key.includes('/refs/')) readRef(bytes, name)
}
