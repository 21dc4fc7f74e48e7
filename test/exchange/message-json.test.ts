import assert from 'node:assert/strict'

import { messageReader } from '../../src/exchange/message-json.ts'

const read = (value: unknown) => messageReader(() => value)(Buffer.from('x'))

describe('the JSON of a message', () => {
  it('has strings for numbers beyond 2^53, bytes, times and numbers that JSON does not have', () => {
    const long = { low: 1, high: 2, unsigned: false, toString: () => '8589934593' }
    assert.deepEqual(
      read({
        a: 1n << 60n,
        b: Buffer.from('hi'),
        c: Buffer.alloc(5000),
        d: new Date(0),
        e: NaN,
        f: -0,
        g: long,
      }),
      {
        a: '1152921504606846976',
        b: 'aGk=',
        c: '<5000 bytes>',
        d: '1970-01-01T00:00:00.000Z',
        e: 'NaN',
        f: 0,
        g: '8589934593',
      },
    )
  })

  it('has the fields of the classes of protobuf libraries, without their internal ones', () => {
    class Message {
      readonly array = ['internal']
      toObject() {
        return {
          name: 'x',
          list: [1, undefined, null],
          map: new Map([[1, 'one']]),
          $unknown: [],
          run: () => 1,
        }
      }
    }
    assert.deepEqual(read(new Message()), { name: 'x', list: [1, null, null], map: { 1: 'one' } })
  })

  it('is absent if the descriptor fails or does not know the message, or if the message has no end', () => {
    const circular: Record<string, unknown> = {}
    circular['self'] = circular
    assert.equal(read(circular), undefined)
    assert.equal(read({}), undefined)
    assert.equal(read(undefined), undefined)
    assert.deepEqual(messageReader(() => ({}))(Buffer.alloc(0)), {})
    const failing = messageReader(() => {
      throw new RangeError('index out of range')
    })
    assert.equal(failing(Buffer.from('x')), undefined)
  })

  it('is absent for a large message, which is not even read', () => {
    assert.equal(messageReader(() => assert.fail('read'))(Buffer.alloc(1024 * 1024 + 1)), undefined)
  })

  it('does not change the bytes', () => {
    const bytes = Buffer.from('abc')
    messageReader((copy) => copy.fill(0))(bytes)
    assert.equal(bytes.toString(), 'abc')
  })
})
