import { bufferOf } from '../base/bytes.ts'
import { parseFrame } from './wire/eventstream-frame.ts'
import { isGrpc, plainFrame, splitGrpc } from './wire/grpc-frame.ts'
import { parseContentType } from './headers.ts'

const EVENT_STREAM = 'application/vnd.amazon.eventstream'
/** Headers of a signed AWS event stream message ("Signing event stream messages"). Their values are new in every run. */
const SIGNING = new Set([':date', ':chunk-signature'])

/**
 * Counts what a client has sent of a request: messages of gRPC or of an AWS event stream, or else bytes. The turns of a
 * conversation are told in these units.
 */
export interface RequestUnits {
  /** How many units have arrived whole. */
  readonly count: number
  /** The messages with their framing. `undefined`: the units are bytes. */
  readonly messages: readonly Uint8Array[] | undefined
  write(chunk: Uint8Array): void
}

/** `contentType`: the request's header. */
export function requestUnits(contentType: string | undefined): RequestUnits {
  const type = typeOf(contentType)
  if (type === EVENT_STREAM) return messagesOf(4, (start) => start.readUInt32BE(0))
  // gRPC over HTTP/2, "Length-Prefixed-Message": a flag, four bytes of length, big-endian, the message.
  if (/^application\/grpc(?:\+|$)/.test(type)) return messagesOf(5, (start) => 5 + start.readUInt32BE(1))
  return bytesOf()
}

/**
 * One message of a conversation as text, to compare it: two messages are the same if their texts are equal. The signature of
 * an AWS event stream message is left out. A gRPC message is decompressed.
 * @param message one of {@link RequestUnits}' messages
 * @param contentType the request's header
 */
export function comparableMessage(message: Uint8Array, contentType: string | undefined): string {
  const bytes = bufferOf(message)
  if (isGrpc(contentType)) {
    const { frames, rest } = splitGrpc(bytes)
    return Buffer.concat([...frames.map((one) => plainFrame(one).bytes), rest]).toString('base64')
  }
  const frame = typeOf(contentType) === EVENT_STREAM ? parseFrame(bytes) : undefined
  if (frame === undefined) return bytes.toString('base64')
  const headers = Object.entries(frame.headers).filter(([name]) => !SIGNING.has(name))
  return `${JSON.stringify(headers)} ${frame.payload.toString('base64')}`
}

/** The messages of a whole body as {@link comparableMessage} gives them. `undefined`: compare the bytes of this body. */
export function comparableBody(body: Uint8Array, contentType: string | undefined): string | undefined {
  if (typeOf(contentType) !== EVENT_STREAM) return undefined
  const units = requestUnits(contentType)
  units.write(body)
  const messages = units.messages ?? []
  const rest = body.subarray(messages.reduce((sum, { byteLength }) => sum + byteLength, 0))
  return [...messages, ...(rest.byteLength > 0 ? [rest] : [])]
    .map((message) => comparableMessage(message, contentType))
    .join('\n')
}

const typeOf = (contentType: string | undefined): string => parseContentType(contentType ?? '')?.type ?? ''

function bytesOf(): RequestUnits {
  let count = 0
  return {
    get count() {
      return count
    },
    messages: undefined,
    write(chunk) {
      count += chunk.byteLength
    },
  }
}

/** @param prefix how many bytes `lengthOf` needs to read a message's length, which includes them */
function messagesOf(prefix: number, lengthOf: (start: Buffer) => number): RequestUnits {
  const messages: Uint8Array[] = []
  let pending: Uint8Array[] = []
  let size = 0
  let wanted = prefix
  return {
    get count() {
      return messages.length
    },
    messages,
    write(chunk) {
      pending.push(chunk)
      size += chunk.byteLength
      // A large message comes in many chunks. They are joined once, when it is whole.
      if (size < wanted) return
      let rest = Buffer.concat(pending)
      for (;;) {
        wanted = rest.length < prefix ? prefix : Math.max(prefix, lengthOf(rest))
        if (rest.length < wanted) break
        messages.push(rest.subarray(0, wanted))
        rest = rest.subarray(wanted)
      }
      pending = [rest]
      size = rest.length
    },
  }
}
