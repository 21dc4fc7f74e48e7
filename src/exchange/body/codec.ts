import { isUtf8 } from 'node:buffer'
import { joinChunks } from '../../base/bytes.ts'
import type { ContentType } from '../headers.ts'
import type { BodyForm, StoredBody } from './stored-body.ts'
import type { Chunk, MessageReader } from '../exchange.ts'

/** A longer body is not made into one string: V8's limit is about 512 Mi characters. */
export const MAX_TEXT_BYTES = 256 * 1024 * 1024

/** One form of body. A codec loses nothing: a body that it cannot express is left to the next codec. */
export interface BodyCodec<Stored extends StoredBody = StoredBody> {
  readonly form: BodyForm
  /** `undefined`: the body is not of this form. The caller verifies that decoding gives the bytes back. */
  encode(source: BodySource): Stored | undefined
  /** The pieces in order, each made when it is asked for. */
  decode(stored: Stored): Iterable<Chunk>
  /** Throws {@link StoredBodyError} unless `stored` (which has the key `form`) has this form's shape. */
  check(stored: Record<string, unknown>): void
}

/** A body that is about to be stored. What several codecs need to know of it is computed once. */
export class BodySource {
  readonly chunks: readonly Chunk[]
  readonly bytes: Buffer
  readonly contentType: ContentType | undefined
  readonly messageReader: MessageReader | undefined
  #text: { readonly value: string | undefined } | undefined

  constructor(chunks: readonly Chunk[], contentType: ContentType | undefined, messageReader?: MessageReader) {
    this.chunks = chunks
    this.contentType = contentType
    this.messageReader = messageReader
    this.bytes = joinChunks(chunks)
  }

  /** The whole body as a string, with its BOM. `undefined`: it is not UTF-8, or too long. */
  get text(): string | undefined {
    this.#text ??= {
      value:
        this.bytes.length <= MAX_TEXT_BYTES && isUtf8(this.bytes) ? this.bytes.toString('utf8') : undefined,
    }
    return this.#text.value
  }

  /** Milliseconds from the response head to the last byte. */
  get totalDelayMs(): number {
    return this.chunks.reduce((sum, { delayMs }) => sum + delayMs, 0)
  }
}

/** The most bytes in a chunk of a body that has no events. */
export const MAX_PIECE_BYTES = 64 * 1024

/** A body without events, in pieces that share its memory. The delay comes before the first. */
export function* piecesOf(bytes: Buffer, delayMs: number): Generator<Chunk, void, void> {
  for (let start = 0; start < bytes.length; start += MAX_PIECE_BYTES) {
    yield { data: bytes.subarray(start, start + MAX_PIECE_BYTES), delayMs: start === 0 ? delayMs : 0 }
  }
}
