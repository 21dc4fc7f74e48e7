import assert from 'node:assert/strict'

import type { Digest } from '../../../src/drift/types.ts'
import { exitCodeOf, type MigrationReport, reportOf } from '../../../src/migration/report.ts'
import { type MigrationRow, plainRow } from '../../../src/migration/rows.ts'
import { REPORT_FORMATS } from '../../../src/reports/migration/formats.ts'

const HOSTILE = '</script><script>alert(1)</script> `|` @someone \u001b[31m\n## x'

const digest = (text: string): Digest => ({
  ok: true,
  status: 200,
  choices: [
    { text, tool_calls: [], finish: 'stop', refusal: null, truncated: false, reasoning: '', media: [] },
  ],
  usage: null,
})
const source = { cassette: 'a.yaml', id: '7d206bed48a0bc0c', title: 'POST example.com/v1' }
const passed: MigrationRow = {
  ...plainRow(source, 'passed'),
  scores: { exact: true, fuzzy: 1, structure: 'identical' },
  recorded: { model: 'old', tokens: { input: 10, output: 100 }, latencyMs: 1000, dollars: 0.5 },
  target: { model: 'new', tokens: { input: 10, output: 50 }, latencyMs: 3000, dollars: 0.25 },
}
const failed: MigrationRow = {
  ...passed,
  outcome: 'failed',
  cassette: HOSTILE,
  category: HOSTILE,
  scores: { structure: 'regression', judge: { verdict: 'worse', reason: HOSTILE } },
  changes: [
    {
      path: HOSTILE,
      rule: 'tool_calls',
      verdict: 'regression',
      before: HOSTILE,
      after: undefined,
      axis: 'tools',
      hash: 'x',
    },
  ],
  left: ['seed'],
  answers: { base: digest('Paris.'), head: digest(HOSTILE) },
}
const report = (rows: readonly MigrationRow[], problems: readonly string[] = []): MigrationReport =>
  reportOf(rows, {
    corpus: 'tapes',
    target: 'new',
    comparators: ['structure', 'judge'],
    problems,
    pricesOf: '2026-11-28',
  })
const times = (count: number, row: MigrationRow): MigrationRow[] => Array.from({ length: count }, () => row)

describe('the report of a migration', () => {
  const VERDICTS: readonly [rows: readonly MigrationRow[], first: RegExp, code: number, strict: number][] = [
    [times(40, passed), /^GO: 40 of 40 rows passed with new \(100 %, 95 % interval 91 to 100 %\)$/, 0, 0],
    [[...times(9, passed), failed], /^REVIEW: 9 of 10 .*\(90 %, 95 % interval 60 to 98 %\), 1 failed$/, 0, 1],
    [[...times(8, passed), failed], /^NO-GO: 8 of 9 rows passed/, 1, 1],
    [[passed, { ...passed, outcome: 'review' }], /^REVIEW: 1 of 2 .*, 1 to review$/, 0, 0],
    [[passed, plainRow(source, 'skipped', 'it has a sound')], /^REVIEW: 1 of 1 .*, 1 skipped$/, 0, 0],
    [[passed, plainRow(source, 'not asked')], /^REVIEW: .*, 1 not asked$/, 3, 3],
    [
      [plainRow(source, 'not measured')],
      /^not measured: 0 of 0 .*\(nothing was measured\), 1 not measured$/,
      3,
      3,
    ],
    [[], /^not measured: 0 of 0/, 3, 3],
  ]
  for (const [rows, first, code, strict] of VERDICTS)
    it(`begins with ${first.source.slice(1, 30)} and ends with ${code}`, () => {
      const found = report(rows)
      assert.match(REPORT_FORMATS['terminal']?.(found).split('\n')[0] ?? '', first)
      assert.deepEqual([exitCodeOf(found, false), exitCodeOf(found, true)], [code, strict])
    })

  it('is not clean if a cassette could not be read', () => {
    const found = report([passed], ['b.yaml is broken'])
    assert.deepEqual([found.verdict, exitCodeOf(found, false)], ['REVIEW', 3])
    assert.match(REPORT_FORMATS['terminal']?.(found) ?? '', /1 unreadable[^]*unreadable b\.yaml is broken/)
  })

  it('adds up tokens, latency and money by category', () => {
    const { all, categories } = report([
      passed,
      passed,
      { ...passed, category: 'chats' },
      plainRow(source, 'skipped'),
    ])
    assert.deepEqual(
      categories.map(({ name, rate, rows, target }) => [name, rows, rate.measured, target.outputTokens]),
      [
        ['(none)', 3, 2, 100],
        ['chats', 1, 1, 50],
      ],
    )
    assert.deepEqual([all.recorded.latencyMs, all.target.latencyMs, all.recorded.dollars], [1000, 3000, 1.5])
  })

  it('lets nothing that was recorded act on a terminal, in Markdown or in a page', () => {
    const found = report([failed])
    const terminal = REPORT_FORMATS['terminal']?.(found) ?? ''
    assert.ok(!terminal.includes('\u001b['), terminal)
    const markdown = REPORT_FORMATS['markdown']?.(found) ?? ''
    assert.match(markdown, /^<!-- cassette report -->\n\*\*NO-GO: /)
    // Within backticks nothing acts.
    assert.ok(!/<script|^## x|@someone/m.test(markdown.replaceAll(/`[^`]*`/g, '')), markdown)
    const page = REPORT_FORMATS['html']?.(found) ?? ''
    assert.equal(page.split('<script>').length, 2)
    assert.deepEqual(JSON.parse(REPORT_FORMATS['json']?.(found) ?? ''), JSON.parse(JSON.stringify(found)))
  })
})
