import assert from 'node:assert/strict'

import { CassetteOptionError } from '../../../src/errors/cassette-option-error.ts'
import { isBounded } from '../../../src/redaction/search/bounded-pattern.ts'
import { linearPattern } from '../../../src/redaction/search/linear-pattern.ts'
import { redactorOf } from '../helpers.ts'

const BOUNDED = [
  /ticket-\d+/,
  /jane doe/i,
  /[\w.]+/,
  /(?:a|b){3}x?/,
  /(?<=id=)\d+/,
  /\p{Emoji}(?=\s)/u,
  /a{2,5}|b*/,
  /\u{1F600}+/u,
  /^x$/m,
]
const AUTOMATON = [
  /\S+@\S+\.\w+/,
  /(?:foo|bar)+baz/i,
  /^\s*key\s*=.*$/m,
  /[\s\d]+x/,
  /\bA\w*Z\b/i,
  /(a+)+$/,
  /(?<name>x+)y/,
  /.+\u{1F600}/su,
  /[^]*?end/,
  /[^\s]+ x/,
]
const REFUSED = [/(.)\1/, /(?<q>['"])x\k<q>/, /(?<=a+)b/, /(?!x)y+z/, /a{2,5000}b/, /[a&&b]+c/v]

/** The smaller CPU time of three runs, microseconds. */
function cpuOf(run: () => unknown): number {
  return Math.min(
    ...[0, 1, 2].map(() => {
      const before = process.cpuUsage()
      run()
      const { user, system } = process.cpuUsage(before)
      return user + system
    }),
  )
}

describe('a pattern of the user', () => {
  it('runs as it is if its steps at one place are bounded', () => {
    for (const pattern of BOUNDED) assert.ok(isBounded(pattern), String(pattern))
    for (const pattern of [...AUTOMATON, ...REFUSED, /(?:a?){40}b/, /(x|y{1,9}){9}/, /a{1000}/])
      assert.ok(!isBounded(pattern), String(pattern))
  })

  it('finds the same by the automaton as by the engine of JavaScript', () => {
    const words = [
      'foo',
      'bar',
      'baz',
      'key',
      ' = ',
      'a@b.c',
      'Alpha Z',
      'aaa',
      '\n',
      '\u00a0',
      '\u3000',
      '\u{1F600}',
      'xxy',
      '12 x',
      'end',
      'é',
    ]
    let seed = 7
    const next = (limit: number): number => (seed = (seed * 48_271) % 2_147_483_647) % limit
    let found = 0
    for (let round = 0; round < 300; round++) {
      const text = Array.from({ length: next(30) }, () => words[next(words.length)]).join('')
      for (const pattern of AUTOMATON) {
        const global = new RegExp(pattern.source, `${pattern.flags}g`)
        const expected = [...text.matchAll(global)].map(({ 0: part, index }) => ({
          start: index,
          end: index + part.length,
        }))
        assert.deepEqual(
          [...(linearPattern(pattern)?.find(text) ?? [])],
          expected,
          `${String(pattern)} in ${JSON.stringify(text)}`,
        )
        found += expected.length
      }
    }
    assert.ok(found > 1000, String(found))
  })

  it('is refused with its text if it is neither', () => {
    for (const pattern of REFUSED) {
      assert.throws(
        () => redactorOf({ patterns: [/fine/, pattern] }),
        (error) => {
          assert.ok(error instanceof CassetteOptionError && error.option === 'redact.patterns', String(error))
          assert.ok(error.message.includes(String(pattern)), error.message)
          return true
        },
      )
    }
  })

  it('takes a time that is linear in the text', () => {
    const at = (length: number) =>
      [
        [/\S+@\S+/, 'a'.repeat(length)],
        [/(a+)+$/, `${'a'.repeat(length)}!`],
        [/(x+x+)+y/, 'x'.repeat(length)],
        [/ticket-\d+/, 'ticket-'.repeat(length / 7)],
      ] as const
    for (const [index, [pattern, small]] of at(50_000).entries()) {
      const large = at(400_000)[index]?.[1] ?? ''
      const [one, many] = [small, large].map((text) =>
        cpuOf(() => [...(linearPattern(pattern)?.find(text) ?? [])]),
      ) as [number, number]
      // 8 times the text. If the time grew with the square, it would be 64 times as long.
      assert.ok(many < 30 * Math.max(one, 1000), `${String(pattern)}: ${one} and ${many} microseconds`)
    }
  })
})
