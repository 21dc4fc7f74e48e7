import {
  constants,
  createBrotliCompress,
  createBrotliDecompress,
  createGunzip,
  createGzip,
  createDeflate,
  createDeflateRaw,
  createInflate,
  createInflateRaw,
  createZstdCompress,
  createZstdDecompress,
} from 'node:zlib'

/** The content codings that cassette can undo and redo (RFC 9110 §8.4.1, RFC 7932, RFC 8878). */
export type Coding = 'gzip' | 'deflate' | 'br' | 'zstd'

/** A coding, or `deflate-raw`: deflate without the zlib header and checksum, as some servers send it. */
export type Format = Coding | 'deflate-raw'

/** Compresses or decompresses, piece by piece. Every method rejects once the input is known to be corrupt. */
export interface Coder {
  /** The output for this piece: as much as is possible without the next one. */
  write(piece: Uint8Array): Promise<Buffer>
  /** The rest of the output. A decoder rejects if its input is cut short or goes on after its end. */
  end(): Promise<Buffer>
  /** Frees the native memory. */
  close(): void
}

export interface Decoder extends Coder {
  /** The format of its input. `undefined`: no input yet. */
  readonly format: Format | undefined
}

type ZlibStream =
  | ReturnType<typeof createGzip | typeof createGunzip | typeof createDeflate | typeof createInflate>
  | ReturnType<
      | typeof createDeflateRaw
      | typeof createInflateRaw
      | typeof createBrotliCompress
      | typeof createBrotliDecompress
    >
  | ReturnType<typeof createZstdCompress | typeof createZstdDecompress>

type Streams = { readonly [Name in Format]: () => ZlibStream }

// Replays must be fast. Their size does not matter.
const encoders: Streams = {
  gzip: () => createGzip({ level: 1, flush: constants.Z_SYNC_FLUSH }),
  deflate: () => createDeflate({ level: 1, flush: constants.Z_SYNC_FLUSH }),
  'deflate-raw': () => createDeflateRaw({ level: 1, flush: constants.Z_SYNC_FLUSH }),
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

export function createEncoder(format: Format): Coder {
  return new ZlibCoder(() => format, encoders)
}

/** @param maxBytes rejects if there is more output */
export function createDecoder(coding: Coding, maxBytes: number): Decoder {
  return new ZlibCoder((first) => formatOf(coding, first), decoders, maxBytes)
}

const decoders: Streams = {
  gzip: createGunzip,
  deflate: createInflate,
  'deflate-raw': createInflateRaw,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
}

/** `deflate` means the zlib format (RFC 9110 §8.4.1.2). Some servers send it bare, and many clients accept both. */
const formatOf = (coding: Coding, first: number): Format =>
  coding === 'deflate' && (first & 0x0f) !== 8 ? 'deflate-raw' : coding

class ZlibCoder implements Decoder {
  readonly #formatOf: (first: number) => Format
  readonly #streams: Streams
  readonly #maxBytes: number
  #format: Format | undefined
  #stream: ZlibStream | undefined
  #given = 0
  #made = 0
  #out: Buffer[] = []
  #error: Error | undefined
  #ended = false
  #settle: (() => void) | undefined

  constructor(formatFor: (first: number) => Format, streams: Streams, maxBytes = Number.POSITIVE_INFINITY) {
    this.#formatOf = formatFor
    this.#streams = streams
    this.#maxBytes = maxBytes
  }

  get format(): Format | undefined {
    return this.#format
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
    this.#format = this.#formatOf(first)
    const stream = this.#streams[this.#format]()
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

  /** Runs one step until its callback, the stream's end or its error. zlib calls no callback after its end. */
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
