import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { contentTypeOf, headerValue, headerValues, parseContentType } from '../../src/exchange/headers.ts'
import type { HeaderPairs } from '../../src/exchange/exchange.ts'

const headers: HeaderPairs = [
  ['X-A', '1'],
  ['x-b', '2'],
  ['x-a', '3'],
]

describe('headers', () => {
  it('are found in any letter case, the first one first', () => {
    assert.equal(headerValue(headers, 'X-a'), '1')
    assert.deepEqual(headerValues(headers, 'x-A'), ['1', '3'])
    assert.equal(headerValue(headers, 'x-c'), undefined)
    assert.deepEqual(headerValues(headers, 'x-c'), [])
  })
})

describe('the content type', () => {
  it('is in lower case, but its boundary is as written', () => {
    const type = contentTypeOf([['Content-Type', 'Multipart/Form-Data; Charset=UTF-8;boundary=AbC']])
    assert.equal(type?.type, 'multipart/form-data')
    assert.equal(type?.charset, 'utf-8')
    assert.equal(type?.boundary, 'AbC')
    assert.deepEqual(
      [...(type?.parameters ?? [])],
      [
        ['charset', 'UTF-8'],
        ['boundary', 'AbC'],
      ],
    )
  })

  it('keeps a semicolon that is in quotes', () => {
    assert.equal(parseContentType('multipart/mixed; boundary="a; b\\"c=d"; x=1')?.boundary, 'a; b"c=d')
    assert.equal(parseContentType('multipart/mixed; boundary="a; b\\"c=d"; x=1')?.parameters.get('x'), '1')
  })

  it('tolerates stray semicolons, spaces and parameters without a value', () => {
    const type = parseContentType(' text/plain ;; charset = utf-8 ; nothing;')
    assert.equal(type?.type, 'text/plain')
    assert.equal(type?.charset, 'utf-8')
    assert.deepEqual([...(type?.parameters.keys() ?? [])], ['charset'])
  })

  it('has the first of two parameters of one name, and no property of Object', () => {
    const type = parseContentType('text/plain; charset=a; charset=b; __proto__=x')
    assert.equal(type?.charset, 'a')
    assert.equal(type?.parameters.get('__proto__'), 'x')
    assert.equal(type?.boundary, undefined)
  })

  it('is absent if there is no header or no type', () => {
    assert.equal(contentTypeOf([]), undefined)
    assert.equal(parseContentType(''), undefined)
    assert.equal(parseContentType('; charset=utf-8'), undefined)
  })

  it('never throws', () => {
    fc.assert(fc.property(fc.string(), (value) => void parseContentType(value)))
  })
})
