import assert from 'node:assert/strict'
import { decodeBody, encodeBody } from '../../../src/exchange/body/body.ts'
import { eventStreamFrames } from '../eventstream-frames.ts'
import { join, whole } from '../chunks.ts'

const contentType = 'application/vnd.amazon.eventstream'

describe('an AWS event stream message', () => {
  it('has headers of every type, in order', () => {
    const frames = eventStreamFrames([
      {
        headers: {
          s: { type: 'string', value: 'text' },
          t: { type: 'boolean', value: true },
          f: { type: 'boolean', value: false },
          b: { type: 'byte', value: -128 },
          h: { type: 'short', value: -2 },
          i: { type: 'integer', value: 2 ** 31 - 1 },
          y: { type: 'binary', value: Buffer.from([1, 2, 255]) },
          d: { type: 'timestamp', value: new Date(1_700_000_000_123) },
          u: { type: 'uuid', value: '01234567-89ab-cdef-0123-456789abcdef' },
        },
        body: '{"p":"abc"}',
      },
    ])
    const stored = encodeBody(whole(frames), { contentType })
    assert.deepEqual(stored, {
      eventstream: [
        {
          headers: {
            s: 'text',
            t: { boolean: true },
            f: { boolean: false },
            b: { byte: -128 },
            h: { short: -2 },
            i: { integer: 2 ** 31 - 1 },
            y: { bytes: 'AQL/' },
            d: { timestamp: '1700000000123' },
            u: { uuid: '01234567-89ab-cdef-0123-456789abcdef' },
          },
          json: { p: 'abc' },
        },
      ],
    })
    assert.deepEqual(join(decodeBody(stored)), frames)
  })

  it('has decimal strings for 64-bit integers', () => {
    const stored = { eventstream: [{ headers: { l: { long: '-9223372036854775808' } }, text: '' }] }
    assert.deepEqual(encodeBody(decodeBody(stored), { contentType }), stored)
  })

  it('gets new checksums if its payload was edited', () => {
    const headers = { ':event-type': { type: 'string', value: 'x' } } as const
    const stored = { eventstream: [{ headers: { ':event-type': 'x' }, json: { edited: true } }] }
    assert.deepEqual(join(decodeBody(stored)), eventStreamFrames([{ headers, body: '{"edited":true}' }]))
  })

  it('stays as it came if a checksum is wrong, and the next ones are read', () => {
    const frames = eventStreamFrames([
      { headers: {}, body: 'one' },
      { headers: {}, body: 'two' },
    ])
    frames[12] = 0x4f
    const stored = encodeBody(whole(frames), { contentType })
    assert.deepEqual(stored, {
      eventstream: [{ raw: frames.subarray(0, 19).toString('base64') }, { headers: {}, text: 'two' }],
    })
  })

  it('keeps the tail of a stream that was cut short', () => {
    const frames = eventStreamFrames([
      { headers: {}, body: 'one' },
      { headers: {}, body: 'two' },
    ]).subarray(0, 30)
    const stored = encodeBody(whole(frames), { contentType })
    assert.deepEqual(stored, {
      eventstream: [{ headers: {}, text: 'one' }, { raw: frames.subarray(19).toString('base64') }],
    })
  })
})
