import { isGrpc, plainFrame, splitGrpc } from '../../../exchange/wire/grpc-frame.ts'
import type { Provider } from '../../types.ts'

/**
 * gRPC: the method, the host and the decompressed messages. Metadata and deadlines do not count. A message is the base64 of its
 * bytes. A message that cannot be decompressed, or that has another flag, is `{flag, base64}`. The bytes of a message that is
 * cut short are `{cut}`.
 */
export const grpc: Provider = {
  api: 'grpc',
  detect: ({ headers }) => isGrpc(headers.get('content-type')),
  operation: () => 'grpc',
  route: ({ plainPath }) => ({ path: plainPath }),
  canonicalize({ bytes }) {
    const { frames, rest } = splitGrpc(bytes)
    const messages = frames
      .map((frame) => plainFrame(frame))
      .map(({ flag, message }) => {
        const base64 = message.toString('base64')
        return flag === 0 ? base64 : { flag, base64 }
      })
    return {
      fields: { messages: rest.length === 0 ? messages : [...messages, { cut: rest.toString('base64') }] },
    }
  },
}
