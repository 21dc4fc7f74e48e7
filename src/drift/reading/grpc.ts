import { createHash } from 'node:crypto'

import { isGrpc, plainFrame, splitGrpc } from '../../exchange/wire/grpc-frame.ts'
import type { JsonValue } from '../../providers/json/json.ts'
import type { Received } from './received.ts'

/** gRPC messages nobody decoded: each is known by its length and hash. `undefined`: the bytes are something else. */
export function readGrpc(
  bytes: Uint8Array,
  type: string,
): Pick<Extract<Received, { form: 'messages' }>, 'form' | 'messages'> | undefined {
  if (!isGrpc(type)) return undefined
  const messages = splitGrpc(bytes)
    .frames.filter(({ flag }) => flag < 0x80)
    .map((frame): JsonValue => {
      const { message } = plainFrame(frame)
      return { bytes: message.byteLength, sha256: createHash('sha256').update(message).digest('hex') }
    })
  return { form: 'messages', messages }
}
