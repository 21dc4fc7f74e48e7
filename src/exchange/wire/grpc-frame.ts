import { gunzipSync, inflateSync, zstdDecompressSync } from 'node:zlib'
import { bufferOf } from '../../base/bytes.ts'
import { parseContentType } from '../headers.ts'

// gRPC over HTTP/2, "Length-Prefixed-Message": a flag (1: compressed), four bytes of length, big-endian, the message.
const PREFIX_BYTES = 5
const COMPRESSED = 1
/** A message that would decompress to more bytes stays compressed. */
const MAX_MESSAGE_BYTES = 512 * 1024 * 1024

/** One message on the wire. */
export interface GrpcFrame {
  readonly flag: number
  readonly message: Buffer
  /** Prefix and message. */
  readonly bytes: Buffer
}

/** Whether a body of this `content-type` is a sequence of gRPC messages: `application/grpc`, `+proto` and so on, binary gRPC-Web. */
export function isGrpc(contentType: string | undefined): boolean {
  const type = parseContentType(contentType ?? '')?.type ?? ''
  return /^application\/grpc(?:-web)?(?:\+[\w.-]+)?$/.test(type)
}

/** The whole messages, and the bytes of the last one if it was cut short. */
export function splitGrpc(body: Uint8Array): {
  readonly frames: readonly GrpcFrame[]
  readonly rest: Buffer
} {
  const bytes = bufferOf(body)
  const frames: GrpcFrame[] = []
  let start = 0
  while (bytes.length - start >= PREFIX_BYTES) {
    const from = start + PREFIX_BYTES
    const end = from + bytes.readUInt32BE(start + 1)
    if (end > bytes.length) break
    frames.push({
      flag: bytes.readUInt8(start),
      message: bytes.subarray(from, end),
      bytes: bytes.subarray(start, end),
    })
    start = end
  }
  return { frames, rest: bytes.subarray(start) }
}

export function grpcFrame(message: Uint8Array, flag = 0): Buffer {
  const prefix = Buffer.alloc(PREFIX_BYTES)
  prefix.writeUInt8(flag, 0)
  prefix.writeUInt32BE(message.byteLength, 1)
  return Buffer.concat([prefix, message])
}

/**
 * The frame with its message decompressed and its flag cleared, which every receiver understands. The same frame if it is not
 * compressed, or with an unknown coding.
 * @param coding the `grpc-encoding` of a response. Absent: the first bytes of the message tell, because a request's
 *   `grpc-encoding` is not stored
 */
export function plainFrame(frame: GrpcFrame, coding?: string): GrpcFrame {
  const message = frame.flag === COMPRESSED ? decompressed(frame.message, coding) : undefined
  return message === undefined ? frame : { flag: 0, message, bytes: grpcFrame(message) }
}

function decompressed(bytes: Buffer, coding?: string): Buffer | undefined {
  const limit = { maxOutputLength: MAX_MESSAGE_BYTES }
  const found = codingOf(bytes)
  if (coding !== undefined && coding !== found) return undefined
  try {
    if (found === 'gzip') return gunzipSync(bytes, limit)
    if (found === 'deflate') return inflateSync(bytes, limit)
    if (found === 'zstd') return zstdDecompressSync(bytes, limit)
  } catch {
    return undefined
  }
  return undefined
}

function codingOf(bytes: Buffer): 'gzip' | 'deflate' | 'zstd' | undefined {
  if (bytes.length < 4) return undefined
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return 'gzip'
  // zlib (RFC 1950): method 8, and the first two bytes are a multiple of 31.
  if (((bytes[0] ?? 0) & 0x0f) === 8 && bytes.readUInt16BE(0) % 31 === 0) return 'deflate'
  return bytes.readUInt32LE(0) === 0xfd2fb528 ? 'zstd' : undefined
}
