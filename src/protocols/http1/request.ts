import type { IncomingRequest } from '../../exchange/gate.ts'
import { BodyGatherer } from '../../exchange/body-gatherer.ts'
import { toError } from '../../base/to-error.ts'
import { rawHeaderPairs } from '../internals/interceptors.ts'
import { type UnixSocket, unixUrl } from '../connection/unix-socket.ts'
import { opensWebSocket, websocketUrl } from '../websocket/handshake.ts'

/**
 * The request that a client has written to a socket. The parser buffers its body until somebody reads it.
 * @param lost the body, if fetch's `Request` cannot carry it
 * @param unix the unix socket, if the request was sent to one
 */
export function incomingRequest(
  request: Request,
  lost: Promise<Uint8Array | null> | undefined,
  unix: UnixSocket | undefined,
): IncomingRequest {
  const url = unix ? unixUrl(request.url, unix) : request.url
  const asSent = { method: request.method, url, headers: rawHeaderPairs(request.headers) }
  const head = opensWebSocket(asSent) ? { ...asSent, url: websocketUrl(asSent.url) } : asSent
  const { body } = request
  if (lost || !body) return { ...head, body: () => lost ?? Promise.resolve(null) }
  const gatherer = new BodyGatherer()
  let reading = false
  const read = async (): Promise<void> => {
    reading = true
    try {
      const reader: ReadableStreamDefaultReader<Uint8Array> = body.getReader()
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        if (part.value.byteLength > 0) gatherer.data(part.value)
      }
      gatherer.end()
    } catch (error) {
      gatherer.fail(toError(error))
    }
  }
  return {
    ...head,
    body() {
      if (!reading) void read()
      return gatherer.whole
    },
    follow: (listener) => gatherer.follow(listener),
  }
}
