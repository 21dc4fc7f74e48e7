import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2'

import { toError } from '../../base/to-error.ts'
import type { Gate, IncomingRequest, Outcome } from '../../exchange/gate.ts'
import { readersOfCall } from '../grpc-clients.ts'
import { forwardStream } from './forward.ts'
import { type RawHeaders, requestHead } from './headers.ts'
import { refuseStream, replayStream } from './replay.ts'
import type { Client, ServedStream, Serving } from './served.ts'
import { Http2Upload } from './upload.ts'

/** Answers one stream. */
export async function serveStream(
  serving: Serving,
  client: Client,
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  raw: RawHeaders,
): Promise<void> {
  const served = servedStream(serving, client, stream, raw)
  const { gate } = serving
  try {
    const outcome: Outcome =
      !client.inContext(() => gate.active()) || isOpenTunnel(gate, headers)
        ? { kind: 'forward' }
        : await client.inContext(() => gate.answer(incomingRequest(served, headers)))
    await obey(outcome, serving, served, client)
  } catch (error) {
    served.fail(toError(error))
  }
}

/**
 * Whether a request opens a tunnel that may be opened: a tunnel is transport and is not recorded. If it may not be
 * opened, nothing answers it.
 */
function isOpenTunnel(gate: Gate, headers: IncomingHttpHeaders): boolean {
  if (headers[':method'] !== 'CONNECT') return false
  const [, host = '', port = '443'] = /^\[?(.*?)\]?(?::(\d+))?$/.exec(headers[':authority'] ?? '') ?? []
  return gate.connect({ host, port: Number(port), protocol: 'http1' }) === 'open'
}

async function obey(outcome: Outcome, serving: Serving, served: ServedStream, client: Client): Promise<void> {
  const { stream } = served
  if (stream.destroyed || stream.closed) {
    // The client left while its request was looked up.
    if (outcome.kind === 'forward') outcome.tap?.cut()
    return
  }
  switch (outcome.kind) {
    case 'forward':
      forwardStream(served, serving, outcome.tap)
      return client.decided(true)
    case 'refuse':
      client.decided(false)
      return refuseStream(served, outcome)
    case 'replay':
      client.decided(false)
      return replayStream(served, outcome)
  }
}

function incomingRequest(
  { stream, upload, raw }: ServedStream,
  headers: IncomingHttpHeaders,
): IncomingRequest {
  let told = false
  /** Sends the 100 if the body is needed before the server is asked (RFC 9110, section 10.1.1). */
  const ask = (): void => {
    if (told || stream.destroyed || stream.headersSent || headers.expect?.toLowerCase() !== '100-continue')
      return
    told = true
    stream.additionalHeaders({ ':status': 100 })
  }
  return {
    ...requestHead(headers, raw),
    ...readersOfCall(headers[':path'], headers['content-type']),
    body() {
      ask()
      return upload.body()
    },
    follow: (listener) => upload.follow(listener),
  }
}

function servedStream(
  serving: Serving,
  { stream: client }: Client,
  stream: ServerHttp2Stream,
  raw: RawHeaders,
): ServedStream {
  // `close` reports how the stream ended.
  stream.on('error', () => {})
  return {
    stream,
    raw,
    upload: new Http2Upload(stream),
    fail(error, code) {
      if (!client) stream.destroy()
      // A closed stream gets no more events.
      if (!client || client.destroyed || client.closed) return
      if (code) client.close(code)
      client.destroy(error)
    },
    failConnection(error, streamError, code) {
      if (!client || client.destroyed) return void stream.destroy()
      if (code) client.close(code)
      return serving.failConnection(client, error, streamError)
    },
    drop: () => void (client ?? stream).destroy(),
  }
}
