import { deepStrictEqual, strictEqual } from 'node:assert/strict'

import { defined } from '../../src/base/defined.ts'

describe('defined', () => {
  it('leaves out what is undefined and nothing else', () => {
    const fields = { first: 0, second: undefined, third: null, fourth: '', fifth: false }
    deepStrictEqual(defined(fields), { first: 0, third: null, fourth: '', fifth: false })
  })

  it('keeps the order of the keys', () => {
    strictEqual(Object.keys(defined({ b: 1, gone: undefined, a: 2 })).join(), 'b,a')
  })

  it('does not change the object it was given', () => {
    const fields = { gone: undefined }
    defined(fields)
    strictEqual('gone' in fields, true)
  })
})
