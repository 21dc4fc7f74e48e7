import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { headersFromStored, headersToStored } from '../../src/cassette/stored-headers.ts'

describe('stored headers', () => {
  it('are a mapping in wire order and letter case', () => {
    const stored = headersToStored([
      ['Host', 'a'],
      ['content-type', 'b'],
    ])
    assert.deepEqual(Object.entries(stored), [
      ['Host', 'a'],
      ['content-type', 'b'],
    ])
  })

  it('have a list for consecutive lines of one name', () => {
    const stored = headersToStored([
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
      ['set-cookie', 'c=3'],
      ['x', ''],
    ])
    assert.deepEqual(stored, { 'set-cookie': ['a=1', 'b=2', 'c=3'], x: '' })
  })

  const pairwise = {
    'a name that comes again later': ['a', 'b', 'a'],
    'a name in two cases': ['Set-Cookie', 'set-cookie'],
    'a name in two cases, apart': ['A', 'b', 'a'],
    __proto__: ['__proto__'],
    'a name of digits, which an object would put first': ['b', '1'],
  }
  for (const [title, names] of Object.entries(pairwise)) {
    it(`are pairs with ${title}`, () => {
      const headers = names.map((name) => [name, 'v'] as const)
      assert.deepEqual(headersToStored(headers), headers)
    })
  }

  it('give any header lines back', () => {
    const name = fc.oneof(
      fc.constantFrom('a', 'A', 'b', '__proto__', '1', 'constructor', 'toString', ''),
      fc.string(),
    )
    fc.assert(
      fc.property(fc.array(fc.tuple(name, fc.string()), { maxLength: 8 }), (headers) => {
        assert.deepEqual(headersFromStored(headersToStored(headers)), headers)
      }),
    )
  })
})
