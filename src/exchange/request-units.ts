import { parseContentType } from './headers.ts'

/**
 * Counts what a client has sent of a request: the messages of gRPC or of an AWS event stream, which make up the turns of a
 * conversation, and the bytes of any other body.
 */
export interface RequestUnits {
  /** Units that are whole. */
  readonly count: number
  /** The messages, framing included; `undefined` where the units are bytes. */
  readonly messages: readonly Uint8Array[] | undefined
  write(chunk: Uint8Array): void
}

/** `contentType`: the request's header. */
export function requestUnits(contentType: string | undefined): RequestUnits {
  const type = parseContentType(contentType ?? '')?.type ?? ''
  if (type === 'application/vnd.amazon.eventstream') return messagesOf(4, (start) => start.readUInt32BE(0))
  // gRPC over HTTP/2, "Length-Prefixed-Message": a flag, four bytes of length, big-endian, the message.
  if (/^application\/grpc(?:\+|$)/.test(type)) return messagesOf(5, (start) => 5 + start.readUInt32BE(1))
  return bytesOf()
}

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

/** @param prefix how many bytes tell a message's length, which `lengthOf` reads from them, itself included */
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
      // A large message comes in many chunks: they are joined when it is whole, not for each of them.
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
