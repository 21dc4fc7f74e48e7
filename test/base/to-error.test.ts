import { ok, strictEqual } from 'node:assert/strict'

import { toError } from '../../src/base/to-error.ts'

describe('toError', () => {
  it('gives back an Error as it is', () => {
    const error = new TypeError('no')
    strictEqual(toError(error), error)
  })

  it('makes an Error of anything else, with its text as the message', () => {
    for (const [thrown, message] of [
      ['no', 'no'],
      [undefined, 'undefined'],
      [{ toString: () => 'odd' }, 'odd'],
    ] as const) {
      const error = toError(thrown)
      ok(error instanceof Error)
      strictEqual(error.message, message)
    }
  })
})
