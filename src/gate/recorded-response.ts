import { createHash } from 'node:crypto'

import { defined } from '../base/defined.ts'
import { joinChunks } from '../base/bytes.ts'
import { fromInteraction } from '../cassette/convert.ts'
import type { Interaction, InteractionBody } from '../cassette/interaction.ts'
import { digest } from '../drift/digest.ts'
import type { Digest, DriftResponse } from '../drift/types.ts'
import { framesFromStored } from '../exchange/body/codecs/websocket.ts'

type Messages = NonNullable<DriftResponse['messages']>

/** The digest of a recorded answer, or of the transport error that came instead. */
export function digestOf(interaction: Interaction, api: string): Digest | undefined {
  const { failure, response } = interaction
  if (response !== undefined) return digest(responseOf(interaction), { api })
  if (failure === undefined) return undefined
  const { name, code, message } = failure
  const error = { type: code ?? name, message, ...defined({ code }) }
  return { ok: false, status: 0, error, choices: [], usage: null }
}

function responseOf(interaction: Interaction): DriftResponse {
  const { response } = fromInteraction(interaction)
  const headers = (response?.headers ?? []).filter(([name]) => !/^content-encoding$/i.test(name))
  const messages = messagesOf(interaction.response?.body)
  const cut = interaction.incomplete === true || interaction.failure !== undefined
  return {
    status: response?.status ?? 0,
    headers: response?.contentDecoded === true ? headers : (response?.headers ?? []),
    ...defined({ trailers: response?.trailers }),
    ...(messages === undefined ? { body: joinChunks(response?.chunks ?? []) } : { messages }),
    ...(cut ? { incomplete: true } : {}),
  }
}

/** What the server of a WebSocket said, or the messages of a gRPC call, decoded if the recording has that. */
function messagesOf(body: InteractionBody | undefined): Messages | undefined {
  if (body !== undefined && 'websocket' in body) {
    return framesFromStored(body).flatMap((frame) => {
      if (frame.from === 'client' || !('data' in frame) || frame.kind === 'ping' || frame.kind === 'pong')
        return []
      return [messageOf(Buffer.from(frame.data))]
    })
  }
  if (body === undefined || !('grpc' in body)) return undefined
  return body.grpc.flatMap((entry) => {
    if ('raw' in entry) return []
    if (entry.json !== undefined) return [entry.json]
    return [hashed(Buffer.concat([entry.base64].flat().map((piece) => Buffer.from(piece, 'base64'))))]
  })
}

function messageOf(data: Buffer): Messages[number] {
  const text = data.toString('utf8')
  try {
    return JSON.parse(text) as Messages[number]
  } catch {
    return Buffer.from(text).equals(data) ? text : hashed(data)
  }
}

const hashed = (data: Buffer): Messages[number] => ({
  bytes: data.length,
  sha256: createHash('sha256').update(data).digest('hex'),
})
