import { readFileSync } from 'node:fs'

import { PIECE_BYTES, packed, piecesOf, sha256 } from '../registry/blob.ts'
import type { Condemned } from '../registry/condemned.ts'
import type { StoredFile } from '../registry/manifest.ts'
import { blobKey } from '../registry/names.ts'
import { RegistryError } from '../errors/registry-error.ts'
import type { Place } from './place.ts'

/** A smaller piece is sent without asking first whether it is there. */
const ASK_BYTES = 64 * 1024
const MAX_COPIES = 1000

/** A file that is sent. */
export interface Outgoing {
  readonly full: string
  readonly sha256: string
  readonly bytes: number
}

export interface SendOptions {
  readonly place: Place
  readonly condemned: Condemned
  /** Whether to send what is there too: it may be damaged. */
  readonly resend: boolean
  /** Told the size of each piece when it is in the store, bytes. */
  readonly onPiece: (bytes: number, isSent: boolean) => void
}

/**
 * Puts a file into the store, piece by piece. What is there already is not sent.
 * @throws {RegistryError} if the file changed since it was looked through, or the store fails
 */
export async function sendFile(file: Outgoing, options: SendOptions): Promise<StoredFile> {
  const bytes = readFileSync(file.full)
  // Only what was looked through for secrets may go.
  if (sha256(bytes) !== file.sha256)
    throw new RegistryError(
      'conflict',
      `${file.full} changed while it was pushed. The ref was not changed. Push again when no recording is under way.`,
    )
  const blobs: string[] = []
  for (const piece of piecesOf(bytes)) blobs.push(await sendPiece(piece, options))
  return { sha256: file.sha256, bytes: file.bytes, blobs }
}

async function sendPiece(
  piece: Uint8Array,
  { place, condemned, resend, onPiece }: SendOptions,
): Promise<string> {
  const { store, project } = place
  const digest = sha256(piece)
  const object = await packed(piece)
  for (let copy = 0; copy < MAX_COPIES; copy += 1) {
    const name = copy === 0 ? digest : `${digest}.${copy}`
    const key = blobKey(project, name)
    if (Object.hasOwn(condemned, key)) continue
    if (!resend && piece.byteLength > ASK_BYTES && (await isThere(place, key))) {
      onPiece(piece.byteLength, false)
      return name
    }
    const isNew = await store.putIfAbsent(key, object)
    if (!isNew && resend) continue
    onPiece(piece.byteLength, isNew)
    return name
  }
  throw new RegistryError(
    'corrupt',
    `The registry has ${MAX_COPIES} copies of the object ${digest}. Collect it first: cassette gc.`,
  )
}

async function isThere({ store }: Place, key: string): Promise<boolean> {
  for await (const one of store.list(key)) if (one.key === key) return true
  return false
}

/** How many files may be sent at once, so that their pieces and bytes stay below about 100 MB. */
export const widthFor = (largest: number): number =>
  Math.max(1, Math.min(8, Math.floor((12 * PIECE_BYTES) / Math.max(largest, 1))))
