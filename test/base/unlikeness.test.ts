import assert from 'node:assert/strict'
import { unlikeness } from '../../src/base/unlikeness.ts'

const from = (text: string, limit = 1000) => {
  const compare = unlikeness(Buffer.from(text), limit)
  return (other: string): number => compare(Buffer.from(other))
}

describe('unlikeness', () => {
  it('counts the words that only one of two texts has', () => {
    const compare = from('a: one, b: [two, three]')
    assert.equal(compare('a: one, b: [two, three]'), 0)
    assert.equal(compare('{"b": ["three" "two"], "a": "one"}'), 0)
    assert.equal(compare('a: one, b: [two, four]'), 2)
    assert.equal(compare('a: one'), 3)
    assert.equal(compare(''), 5)
    assert.equal(compare('a: one, b: [two, three]'), 0)
  })

  it('reads start and end of a long text', () => {
    const middle = 'x '.repeat(10_000)
    const compare = from(`start ${middle} end`, 100)
    assert.equal(compare(`start ${middle} end`), 0)
    assert.ok(compare(`begin ${middle} end`) > 0)
    assert.ok(compare(`start ${middle} stop`) > 0)
  })
})
