import assert from 'node:assert/strict'
import { deflateSync, gzipSync } from 'node:zlib'

import { grpcFrame } from '../../src/exchange/wire/grpc-frame.ts'
import { comparableBody, comparableMessage, requestUnits } from '../../src/exchange/request-units.ts'
import { canonicalize } from '../../src/fingerprint/canonicalize.ts'
import { frame, type FrameInput } from './eventstream-frames.ts'

const EVENT_STREAM = 'application/vnd.amazon.eventstream'

/** A message as the AWS SDKs send it: the event inside a frame with a date and a signature. */
function signed(at: number, text: string, type = 'chunk'): Uint8Array {
  const headers: FrameInput['headers'] = {
    ':date': { type: 'timestamp', value: new Date(at) },
    ':chunk-signature': { type: 'binary', value: Buffer.alloc(32, at) },
  }
  const event: FrameInput['headers'] = { ':event-type': { type: 'string', value: type } }
  return frame({ headers, body: frame({ headers: event, body: text }) })
}

describe('the comparable form of a message', () => {
  it('leaves out date and signature of an AWS event stream message', () => {
    const [first, again, other, otherType] = [
      signed(1, 'hello'),
      signed(2, 'hello'),
      signed(1, 'hullo'),
      signed(1, 'hello', 'end'),
    ].map((message) => comparableMessage(message, `${EVENT_STREAM}; charset=x`))
    assert.equal(first, again)
    assert.notEqual(first, other)
    assert.notEqual(first, otherType)
  })

  it('keeps the other headers of the frame, and the bytes of a broken frame', () => {
    const plain = (value: string): Uint8Array =>
      frame({ headers: { kind: { type: 'string', value } }, body: 'x' })
    assert.notEqual(comparableMessage(plain('a'), EVENT_STREAM), comparableMessage(plain('b'), EVENT_STREAM))
    const [broken, alsoBroken] = [signed(1, 'hello'), signed(2, 'hello')]
    broken[broken.length - 1]! ^= 1
    alsoBroken[alsoBroken.length - 1]! ^= 1
    assert.notEqual(comparableMessage(broken, EVENT_STREAM), comparableMessage(alsoBroken, EVENT_STREAM))
  })

  it('is the same for a gRPC message however it was compressed', () => {
    const plain = Buffer.from('\n\u0005hello')
    const [sent, gzipped, deflated, other] = [
      grpcFrame(plain),
      grpcFrame(gzipSync(plain), 1),
      grpcFrame(deflateSync(plain), 1),
      grpcFrame(gzipSync('\n\u0005hullo'), 1),
    ].map((message) => comparableMessage(message, 'application/grpc+proto'))
    assert.equal(gzipped, sent)
    assert.equal(deflated, sent)
    assert.notEqual(other, sent)
    const [cut, cutShorter] = [4, 3].map((end) =>
      comparableMessage(grpcFrame(plain).subarray(0, end), 'application/grpc'),
    )
    assert.notEqual(cut, cutShorter)
  })

  it('is the bytes of any other body', () => {
    const [a, b] = [signed(1, 'hello'), signed(2, 'hello')]
    assert.notEqual(comparableMessage(a, 'application/grpc'), comparableMessage(b, 'application/grpc'))
    assert.equal(comparableMessage(a, undefined), comparableMessage(Buffer.from(a), undefined))
  })

  it('is the messages of a whole body, with the rest of one that was cut short', () => {
    const body = Buffer.concat([signed(1, 'a'), signed(1, 'b')])
    const later = Buffer.concat([signed(5, 'a'), signed(6, 'b')])
    assert.equal(requestUnitsOf(body), 2)
    assert.equal(comparableBody(body, EVENT_STREAM), comparableBody(later, EVENT_STREAM))
    assert.notEqual(
      comparableBody(Buffer.concat([body, Buffer.from('rest')]), EVENT_STREAM),
      comparableBody(body, EVENT_STREAM),
    )
    assert.equal(comparableBody(body, 'application/json'), undefined)
  })

  it('gives two runs of a signed request one canonical form', () => {
    const asked = (at: number, text: string) =>
      canonicalize({
        method: 'POST',
        url: 'https://bedrock.example/model/nova/invoke-with-bidirectional-stream',
        headers: { 'Content-Type': EVENT_STREAM },
        body: Buffer.concat([signed(at, text), signed(at + 1, 'b')]),
      })
    assert.deepEqual(asked(1, 'a'), asked(9, 'a'))
    assert.notDeepEqual(asked(1, 'a'), asked(1, 'c'))
  })
})

function requestUnitsOf(body: Uint8Array): number {
  const units = requestUnits(EVENT_STREAM)
  units.write(body)
  return units.count
}
