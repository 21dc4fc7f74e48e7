import type { StoredBody } from './stored-body.ts'
import type { Chunk } from './types.ts'

export interface BodyHint {
  /** The `content-type` header's value. */
  readonly contentType?: string
}

export function encodeBody(chunks: readonly Chunk[], _hint: BodyHint): StoredBody {
  const bytes = Buffer.concat(chunks.map(({ data }) => data))
  return { base64: bytes.toString('base64') }
}

export function decodeBody(stored: StoredBody): Chunk[] {
  if (!('base64' in stored)) throw new Error('not built yet')
  const pieces = typeof stored.base64 === 'string' ? [stored.base64] : stored.base64
  return [{ data: Buffer.concat(pieces.map((piece) => Buffer.from(piece, 'base64'))), delayMs: 0 }]
}
