import assert from 'node:assert/strict'

import fc from 'fast-check'

import { renderFrame } from '../../src/exchange/wire/eventstream-frame.ts'
import { requestUnits } from '../../src/exchange/request-units.ts'

const grpcMessage = (payload: Uint8Array): Buffer => {
  const prefix = Buffer.alloc(5)
  prefix.writeUInt32BE(payload.byteLength, 1)
  return Buffer.concat([prefix, payload])
}
const eventMessage = (payload: Uint8Array): Buffer =>
  renderFrame({ ':event-type': 'chunk' }, Buffer.from(payload))

const kinds = {
  'application/grpc': grpcMessage,
  'application/grpc+proto': grpcMessage,
  'application/vnd.amazon.eventstream': eventMessage,
}

describe('units of a request', () => {
  for (const [type, render] of Object.entries(kinds)) {
    it(`are the messages of ${type}, however they are cut into chunks`, () => {
      fc.assert(
        fc.property(
          fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 }),
          fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }),
          (payloads, sizes) => {
            const messages = payloads.map(render)
            const wire = Buffer.concat(messages)
            const units = requestUnits(type)
            let sent = 0
            for (let i = 0; sent < wire.length; i++) {
              const size = sizes[i % sizes.length] ?? 1
              units.write(wire.subarray(sent, sent + size))
              sent = Math.min(wire.length, sent + size)
              let whole = 0
              for (let end = 0; whole < messages.length; whole++) {
                end += messages[whole]?.length ?? 0
                if (end > sent) break
              }
              assert.equal(units.count, whole, `after ${sent} of ${wire.length} bytes`)
            }
            assert.deepEqual(
              units.messages?.map((message) => Buffer.from(message)),
              messages,
            )
          },
        ),
      )
    })
  }

  it('are the bytes of any other body', () => {
    for (const type of [undefined, '', 'application/json', 'application/grpc-web-text']) {
      const units = requestUnits(type)
      units.write(Buffer.from('ab'))
      units.write(Buffer.from('c'))
      assert.equal(units.count, 3)
      assert.equal(units.messages, undefined)
    }
  })

  it('are counted past an impossible length', () => {
    const units = requestUnits('application/vnd.amazon.eventstream')
    units.write(Buffer.alloc(8))
    assert.equal(units.count, 2, 'a length of 0 still has its prefix')
  })
})
