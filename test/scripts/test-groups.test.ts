import assert from 'node:assert/strict'

import { choose, type Group, share } from '../../scripts/test/groups.ts'
import { type Result, summary, total, whyFailed } from '../../scripts/test/result.ts'

const GROUPS: readonly Group[] = [
  { name: 'net-a', of: ['a', 'lone.test.ts'] },
  { name: 'net-b', of: ['a/b'] },
  { name: 'unit', of: ['pure'] },
  { name: 'measured', kind: 'alone', of: ['a/b/slow.test.ts'] },
  { name: 'long-a', kind: 'long', of: ['a/long.test.ts'] },
]
const FILES = [
  'lone.test.ts',
  'a/x.test.ts',
  'a/b/y.test.ts',
  'a/b/c/z.test.ts',
  'a/b/slow.test.ts',
  'a/long.test.ts',
  'pure/p.test.ts',
]
const named = (names: readonly string[]): string[] => choose(names, GROUPS).map(({ name }) => name)

describe('the groups of npm test', () => {
  it('take each file once: the file itself is named before its folder, and the nearest folder first', () => {
    const { groups, problems } = share(FILES, GROUPS)
    assert.deepEqual(problems, [])
    assert.deepEqual(Object.fromEntries([...groups].map(([{ name }, files]) => [name, files])), {
      'net-a': ['a/x.test.ts', 'lone.test.ts'],
      'net-b': ['a/b/c/z.test.ts', 'a/b/y.test.ts'],
      unit: ['pure/p.test.ts'],
      measured: ['a/b/slow.test.ts'],
      'long-a': ['a/long.test.ts'],
    })
  })

  it('report a file that no group takes and a name that no file has', () => {
    assert.deepEqual(share([...FILES, 'new/n.test.ts'].slice(1), GROUPS).problems, [
      'test/new/n.test.ts is in no group: add it to scripts/test/table.ts',
      'test/lone.test.ts has no test for the group net-a: correct scripts/test/table.ts',
    ])
  })

  it('give what nobody names to the group of test/ itself', () => {
    const rest: Group = { name: 'rest', of: [''] }
    const { groups, problems } = share([...FILES, 'new/n.test.ts', 'm.test.ts'], [...GROUPS, rest])
    assert.deepEqual(problems, [])
    assert.deepEqual(groups.get(rest), ['m.test.ts', 'new/n.test.ts'])
  })

  it('are chosen by name, by kind and by the part before the dash; all but the long ones without a name', () => {
    assert.deepEqual(named([]), ['net-a', 'net-b', 'unit', 'measured'])
    assert.deepEqual(named(['unit']), ['unit'])
    assert.deepEqual(named(['net']), ['net-a', 'net-b'])
    assert.deepEqual(named(['long', 'net-b']), ['net-b', 'long-a'])
    assert.deepEqual(named(['alone']), ['measured'])
    assert.throws(
      () => named(['unit', 'nte']),
      /no group of tests is called nte: take one of net-a, net-b, unit/,
    )
  })
})

describe('the result of npm test', () => {
  const passed: Result = {
    name: 'a',
    code: 0,
    seconds: 12.4,
    counts: { passed: 7, failed: 0, skipped: 2 },
    failures: [],
  }
  const results: Readonly<Record<string, [Result, string | undefined]>> = {
    passes: [passed, undefined],
    'fails if a test failed': [
      {
        ...passed,
        code: 1,
        counts: { passed: 7, failed: 3, skipped: 0 },
        failures: ['x: is 1', 'y: is 2', 'z'],
      },
      '3 of its tests failed',
    ],
    'fails if no test ran': [{ ...passed, counts: { passed: 0, failed: 0, skipped: 5 } }, 'it ran no test'],
    'fails if mocha did not reach its end': [
      { ...passed, code: 7, counts: undefined },
      'its tests did not run to their end',
    ],
    'fails if mocha failed after the tests': [{ ...passed, code: 7 }, 'mocha ended with exit code 7'],
    'fails if mocha was killed after the tests': [{ ...passed, code: null }, 'mocha ended with a signal'],
  }
  for (const [title, [result, why]] of Object.entries(results))
    it(title, () => assert.equal(whyFailed(result), why))

  it('is the sum of the groups, in which a group that failed without a failed test counts as one', () => {
    const all = Object.values(results).map(([result]) => result)
    assert.deepEqual(total(all), { passed: 28, failed: 7, skipped: 11 })
    const lines = summary(all).split('\n')
    assert.equal(lines.at(-2), 'tests: 28 passed, 7 failed, 11 skipped')
    assert.equal(lines[0], '  a    12 s  7 passed, 0 failed, 2 skipped')
    assert.equal(lines.filter((line) => line.startsWith('  FAILED a: ')).length, 8)
    assert.ok(lines.includes('  FAILED a: x: is 1'))
  })

  it('names the tests that failed once and passed when they ran again', () => {
    const lines = summary([{ ...passed, retried: ['y: took 3 s'] }]).split('\n')
    assert.deepEqual(lines.slice(1, 3), ['  RETRIED a: y: took 3 s', 'tests: 7 passed, 0 failed, 2 skipped'])
  })
})
