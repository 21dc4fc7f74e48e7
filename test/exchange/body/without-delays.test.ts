import assert from 'node:assert/strict'
import { encodeBody } from '../../../src/exchange/body/body.ts'
import { withoutDelays } from '../../../src/exchange/body/without-delays.ts'
import { eventStreamFrames } from '../eventstream-frames.ts'

const bodies: readonly (readonly [contentType: string, pieces: readonly (string | Uint8Array)[]])[] = [
  ['text/event-stream', ['data: {"delay_ms":1}\n\n', 'data: b\n\n', 'data: cut']],
  ['application/x-ndjson', ['{"delay_ms":1}\n', 'x\n']],
  [
    'application/vnd.amazon.eventstream',
    [eventStreamFrames([{ headers: {}, body: '{"delay_ms":1}' }]), Buffer.from([1])],
  ],
  ['application/json', ['{"delay_ms"', ':1}']],
  ['text/plain', ['a', 'b']],
  ['application/x-www-form-urlencoded', ['delay_ms=1', '&b=2']],
  ['image/png', [Buffer.from([255]), Buffer.from([254])]],
]

describe('withoutDelays', () => {
  for (const [contentType, pieces] of bodies) {
    it(`makes recordings of the same ${contentType} equal`, () => {
      const record = (delayMs: number): ReturnType<typeof encodeBody> =>
        encodeBody(
          pieces.map((piece) => ({ data: Buffer.from(piece as string), delayMs })),
          { contentType },
        )
      assert.notDeepEqual(record(100), record(0))
      assert.deepEqual(withoutDelays(record(100)), record(0))
    })
  }
})
