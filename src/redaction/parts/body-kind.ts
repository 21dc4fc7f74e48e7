import { isUtf8 } from 'node:buffer'
import { bufferOf } from '../../base/bytes.ts'
import { isGrpc } from '../../exchange/wire/grpc-frame.ts'
import type { ContentType } from '../../exchange/headers.ts'
import type { RecordFraming } from '../bodies/records.ts'

export type BodyKind = RecordFraming | 'eventstream' | 'grpc' | 'form' | 'multipart' | 'text' | 'binary'

const NDJSON = /^application\/(?:x-)?(?:ndjson|jsonl|jsonlines|json-lines|json-seq|stream\+json|json-stream)$/
const BINARY =
  /^(?:image\/(?!svg)|audio\/|video\/|font\/|application\/(?:grpc|zip|gzip|pdf|wasm|x-protobuf|protobuf|vnd\.google\.protobuf))/
/** The kind of a body shows in its type and in its first bytes. */
export const SNIFFED_BYTES = 4096

/** @param bytes the body, or its first {@link SNIFFED_BYTES} */
export function kindOf(bytes: Uint8Array, contentType: ContentType | undefined): BodyKind {
  const type = contentType?.type ?? ''
  if (type.startsWith('multipart/') && contentType?.boundary !== undefined) return 'multipart'
  if (isGrpc(type)) return 'grpc'
  if (BINARY.test(type)) return 'binary'
  if (type === 'application/vnd.amazon.eventstream') return 'eventstream'
  const head = bufferOf(bytes).subarray(0, SNIFFED_BYTES)
  if (head.includes(0)) return 'binary'
  if (type === 'application/x-www-form-urlencoded') return 'form'
  if (NDJSON.test(type)) return 'ndjson'
  // From here on the shape decides before the type: gateways send JSON errors with the type of a stream, and the reverse.
  const start = head.toString('latin1').replace(/^\u00ef\u00bb\u00bf/, '')
  if (/^\s*[[{"]/.test(start)) return 'json'
  if (type === 'text/event-stream' || /^(?:data|event|id|retry)?:/.test(start)) return 'sse'
  if (/[/+]json$/.test(type)) return 'json'
  if (/^(?:[\w.]+=[^\s<>&]*&)*(?:access_token|refresh_token|client_secret|grant_type)=[^\s<>]*$/.test(start))
    return 'form'
  return type.startsWith('text/') || isUtf8Start(head) ? 'text' : 'binary'
}

/** Whether the start is UTF-8. The last character may be cut. */
function isUtf8Start(head: Buffer): boolean {
  return [0, 1, 2, 3].some((less) => isUtf8(head.subarray(0, Math.max(0, head.length - less))))
}
