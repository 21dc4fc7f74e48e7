import {
  constants,
  createBrotliCompress,
  createBrotliDecompress,
  createGunzip,
  createGzip,
  createDeflate,
  createInflate,
  createInflateRaw,
  createZstdCompress,
  createZstdDecompress,
} from 'node:zlib'

/** The content codings we can undo and do again (RFC 9110 §8.4.1, RFC 7932, RFC 8878). */
export type Coding = 'gzip' | 'deflate' | 'br' | 'zstd'

/** One stage, compressing or decompressing, fed piece by piece. Every method rejects once the input proves corrupt. */
export interface Coder {
  /** What comes out for this piece, nothing held back that could come out. */
  write(piece: Uint8Array): Promise<Buffer>
  /** The rest. A decoder rejects where its input is cut short, or goes on after its end. */
  end(): Promise<Buffer>
  /** Frees the native memory. */
  close(): void
}

type ZlibStream =
  | ReturnType<typeof createGzip | typeof createGunzip | typeof createDeflate | typeof createInflate>
  | ReturnType<typeof createInflateRaw | typeof createBrotliCompress | typeof createBrotliDecompress>
  | ReturnType<typeof createZstdCompress | typeof createZstdDecompress>

// A replay's size matters to nobody, its speed does.
const encoders: { readonly [Name in Coding]: () => ZlibStream } = {
  gzip: () => createGzip({ level: 1, flush: constants.Z_SYNC_FLUSH }),
  deflate: () => createDeflate({ level: 1, flush: constants.Z_SYNC_FLUSH }),
  br: () =>
    createBrotliCompress({
      flush: constants.BROTLI_OPERATION_FLUSH,
      params: { [constants.BROTLI_PARAM_QUALITY]: 1 },
    }),
  zstd: () =>
    createZstdCompress({
      flush: constants.ZSTD_e_flush,
      params: { [constants.ZSTD_c_compressionLevel]: 1 },
    }),
}

export function createEncoder(coding: Coding): Coder {
  return new ZlibCoder(() => encoders[coding]())
}

/** `maxBytes`: the most it puts out; an input that holds more rejects. */
export function createDecoder(coding: Coding, maxBytes: number): Coder {
  return new ZlibCoder((first) => decoderFor(coding, first), maxBytes)
}

function decoderFor(coding: Coding, first: number): ZlibStream {
  if (coding === 'gzip') return createGunzip()
  if (coding === 'br') return createBrotliDecompress()
  if (coding === 'zstd') return createZstdDecompress()
  // "deflate" is the zlib format (RFC 9110 §8.4.1.2); some servers send it bare, and clients take both.
  return (first & 0x0f) === 8 ? createInflate() : createInflateRaw()
}

class ZlibCoder implements Coder {
  readonly #create: (first: number) => ZlibStream
  readonly #maxBytes: number
  #stream: ZlibStream | undefined
  #given = 0
  #made = 0
  #out: Buffer[] = []
  #error: Error | undefined
  #ended = false
  #settle: (() => void) | undefined

  constructor(create: (first: number) => ZlibStream, maxBytes = Number.POSITIVE_INFINITY) {
    this.#create = create
    this.#maxBytes = maxBytes
  }

  async write(piece: Uint8Array): Promise<Buffer> {
    const [first] = piece
    if (first === undefined) return Buffer.alloc(0)
    const stream = (this.#stream ??= this.#open(first))
    this.#given += piece.byteLength
    if (this.#ended) return Buffer.alloc(0)
    return this.#collect((done) => stream.write(piece, done))
  }

  async end(): Promise<Buffer> {
    const stream = this.#stream
    if (stream === undefined) return Buffer.alloc(0)
    const rest = this.#ended ? Buffer.alloc(0) : await this.#collect(() => stream.end())
    if (stream.bytesWritten !== this.#given) throw new Error('data after the end of the compressed body')
    return rest
  }

  close(): void {
    this.#stream?.close()
  }

  #open(first: number): ZlibStream {
    const stream = this.#create(first)
    stream.on('data', (data: Buffer) => {
      this.#made += data.length
      if (this.#made > this.#maxBytes) stream.destroy(new Error('the decompressed body is too large'))
      else this.#out.push(data)
    })
    stream.on('end', () => {
      this.#ended = true
      this.#settle?.()
    })
    stream.on('error', (error) => {
      this.#error = error
      this.#settle?.()
    })
    return stream
  }

  /** Runs one step until its callback, the stream's end or its error, whichever comes: zlib skips callbacks at its end. */
  async #collect(step: (done: () => void) => void): Promise<Buffer> {
    if (this.#error === undefined) {
      await new Promise<void>((resolve) => {
        this.#settle = resolve
        step(resolve)
      })
    }
    this.#settle = undefined
    if (this.#error !== undefined) throw this.#error
    const [single] = this.#out
    const data = this.#out.length === 1 && single !== undefined ? single : Buffer.concat(this.#out)
    this.#out = []
    return data
  }
}
