import { once } from 'node:events'
import {
  brotliDecompressSync,
  constants,
  createBrotliCompress,
  createDeflate,
  createGzip,
  createZstdCompress,
  gunzipSync,
  inflateSync,
  zstdDecompressSync,
} from 'node:zlib'

type Inflate = (bytes: Buffer) => Buffer

const inflaters: Readonly<Record<string, Inflate>> = {
  gzip: (bytes) => gunzipSync(bytes),
  'x-gzip': (bytes) => gunzipSync(bytes),
  deflate: (bytes) => inflateSync(bytes),
  br: (bytes) => brotliDecompressSync(bytes),
  zstd: (bytes) => zstdDecompressSync(bytes),
  identity: (bytes) => bytes,
}

/** The bytes after node:zlib has undone the codings of that header at once. */
export function inflateAll(bytes: Buffer, header: string): Buffer {
  const names = header.split(',').map((name) => name.trim().toLowerCase())
  return names.toReversed().reduce((data, name) => (inflaters[name] ?? (() => data))(data), bytes)
}

const compressors = {
  gzip: () => createGzip(),
  deflate: () => createDeflate(),
  br: () => createBrotliCompress(),
  zstd: () => createZstdCompress(),
}

const flushes = {
  gzip: constants.Z_SYNC_FLUSH,
  deflate: constants.Z_SYNC_FLUSH,
  br: constants.BROTLI_OPERATION_FLUSH,
  zstd: constants.ZSTD_e_flush,
}

/** The chunks of a server that flushes its compressor after each piece. The end is in the last one. */
export async function flushedChunks(
  pieces: readonly Uint8Array[],
  coding: keyof typeof compressors,
): Promise<Buffer[]> {
  const stream = compressors[coding]()
  const out: Buffer[] = []
  stream.on('data', (data: Buffer) => out.push(data))
  const chunks: Buffer[] = []
  for (const [index, piece] of pieces.entries()) {
    stream.write(piece)
    if (index === pieces.length - 1) {
      stream.end()
      await once(stream, 'end')
    } else {
      await new Promise<void>((resolve) => {
        stream.flush(flushes[coding], resolve)
      })
    }
    chunks.push(Buffer.concat(out.splice(0)))
  }
  return chunks
}
