import type { IncomingRequest } from '../../exchange/gate.ts'
import { isGrpc } from '../../exchange/wire/grpc-frame.ts'
import { headerValue } from '../../exchange/headers.ts'
import { MAX_MESSAGE_BYTES } from '../../exchange/message-json.ts'
import type { MessageReader, MessageReaders } from '../../exchange/exchange.ts'
import type { ProtoReaders } from './grpc-protos.ts'

/** Finds the readers of a call's messages; `undefined`: the messages have no known type. */
export type ReadersFor = (
  request: Pick<IncomingRequest, 'url' | 'headers' | 'readers'>,
) => MessageReaders | undefined

/** The user's `.proto` files come first, then the client's own definitions. */
export function readersFrom(protos: ProtoReaders | undefined): ReadersFor {
  if (!protos) return ({ readers }) => readers
  const warned = new Set<string>()
  const warn = (path: string, text: string): void => {
    if (warned.has(path)) return
    warned.add(path)
    process.emitWarning(
      `grpc.protos ${text} ${path}: messages that cannot be read are stored without json.`,
      {
        type: 'CassetteWarning',
        code: 'CASSETTE_PROTO',
      },
    )
  }
  return ({ url, headers, readers }) => {
    if (!isGrpc(headerValue(headers, 'content-type'))) return undefined
    const path = URL.parse(url)?.pathname ?? url
    const found = protos.get(path)
    if (!found) {
      if (!readers) warn(path, 'does not describe')
      return readers
    }
    const watched =
      (reader: MessageReader | undefined): MessageReader =>
      (message) => {
        const json = reader?.(message)
        if (json === undefined && message.byteLength <= MAX_MESSAGE_BYTES)
          warn(path, 'does not fit the messages of')
        return json
      }
    return { request: watched(found.request), response: watched(found.response) }
  }
}
