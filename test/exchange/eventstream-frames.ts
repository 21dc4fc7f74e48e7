import { EventStreamCodec } from '@smithy/core/event-streams'

type Message = Parameters<EventStreamCodec['encode']>[0]

export interface FrameInput {
  readonly headers: Message['headers']
  readonly body: string | Uint8Array
}

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes).toString('utf8'),
  (text) => Buffer.from(text),
)

/** One message as AWS's own library writes it. */
export function frame({ headers, body }: FrameInput): Uint8Array {
  return codec.encode({ headers, body: Buffer.from(body as string) })
}

export function eventStreamFrames(inputs: readonly FrameInput[]): Buffer {
  return Buffer.concat(inputs.map(frame))
}
