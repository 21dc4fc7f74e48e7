import { bufferOf } from '../../base/bytes.ts'
import { defined } from '../../base/defined.ts'
import { frameLength, parseFrame } from '../../exchange/wire/eventstream-frame.ts'
import { isObject, type JsonValue, own, parseJson, textOf } from '../../providers/json/json.ts'
import type { Received, StreamEvent } from './received.ts'

type Stream = Pick<Extract<Received, { form: 'stream' }>, 'form' | 'events' | 'done' | 'cut'>

/** The messages of an AWS event stream; `undefined`: the bytes are something else. */
export function readEventStream(bytes: Uint8Array, type: string): Stream | undefined {
  const buffer = bufferOf(bytes)
  const declared = type === 'application/vnd.amazon.eventstream'
  if (!declared && frameLength(buffer) === undefined) return undefined
  const events: StreamEvent[] = []
  let at = 0
  while (at < buffer.length) {
    const length = frameLength(buffer.subarray(at))
    const frame = length === undefined ? undefined : parseFrame(buffer.subarray(at, at + length))
    if (length === undefined || frame === undefined) break
    const kind = textOf(frame.headers[':message-type'])
    const failed = kind === 'exception' || kind === 'error'
    const name = textOf(
      frame.headers[':event-type'] ?? frame.headers[':exception-type'] ?? frame.headers[':error-code'],
    )
    const data = failed ? failureOf(frame.payload, name, frame.headers) : payloadOf(frame.payload)
    events.push({ ...defined({ name }), data, ...(failed ? { exception: true } : {}) })
    at += length
  }
  return { form: 'stream', events, done: false, cut: at < buffer.length }
}

/** `InvokeModelWithResponseStream` wraps each event of the model as base64 in `bytes`. */
function payloadOf(payload: Buffer): JsonValue {
  const text = payload.toString('utf8')
  const data = parseJson(text)?.value ?? text
  const inner = isObject(data) ? textOf(own(data, 'bytes')) : undefined
  if (inner === undefined) return data
  return parseJson(Buffer.from(inner, 'base64').toString('utf8'))?.value ?? data
}

function failureOf(payload: Buffer, name: string | undefined, headers: object): JsonValue {
  const data = payloadOf(payload)
  const message = isObject(data) ? textOf(own(data, 'message')) : undefined
  return { type: name ?? 'error', message: message ?? textOf(own(headers, ':error-message')) ?? '' }
}
