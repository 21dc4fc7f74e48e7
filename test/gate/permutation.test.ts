import assert from 'node:assert/strict'

import { permutationTest, smallestP } from '../../src/gate/permutation.ts'

/** Two recordings differ if their answers do. */
const test = (base: string, head: string): ReturnType<typeof permutationTest> => {
  const all = base + head
  return permutationTest(base.length, head.length, (a, b) => (all[a] === all[b] ? 0 : 1))
}

describe('the permutation test', () => {
  it('tells four against four, and cannot tell three against three', () => {
    assert.deepEqual(test('aaaa', 'bbbb'), { effect: 1, p: 2 / 70 })
    assert.deepEqual(test('aaa', 'bbb'), { effect: 1, p: 2 / 20 })
    assert.equal(smallestP(4, 4), 2 / 70)
    assert.equal(smallestP(3, 3), 2 / 20)
    assert.equal(smallestP(4, 5), 1 / 126)
  })

  it('finds nothing between sides that vary alike', () => {
    assert.equal(test('aaaa', 'aaaa').p, 1)
    assert.ok(test('abab', 'baba').p > 0.5)
    assert.ok(test('aaab', 'abaa').p > 0.5)
  })

  it('draws orders if there are too many to try, the same in every run', () => {
    const many = test('a'.repeat(12), 'a'.repeat(6) + 'b'.repeat(6))
    assert.ok(many.p < 0.05)
    assert.deepEqual(test('a'.repeat(12), 'a'.repeat(6) + 'b'.repeat(6)), many)
    assert.ok(test('ab'.repeat(6), 'ba'.repeat(6)).p > 0.05)
  })
})
