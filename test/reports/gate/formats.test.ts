import assert from 'node:assert/strict'

import * as jsdom from 'jsdom'

import type { GateReport, GateRow } from '../../../src/gate/report.ts'
import { FORMATS } from '../../../src/reports/gate/formats.ts'

/** The part of jsdom that reads XML; it has no types of its own. */
interface XmlReader {
  readonly JSDOM: new (
    xml: string,
    options: { readonly contentType: string },
  ) => { readonly window: { readonly document: XmlNode & { readonly documentElement: XmlNode } } }
}
interface XmlNode {
  readonly textContent: string
  getAttribute(name: string): string | null
  querySelector(selector: string): XmlNode | null
  querySelectorAll(selector: string): { readonly length: number }
}
const { JSDOM } = jsdom as unknown as XmlReader

const HOSTILE = '<script>alert(1)</script> `|` @someone \u001b[31m ]]> ::error::x\n%0A "q" \u202e'

const row = (more: Partial<GateRow>): GateRow => ({
  cassette: 'a b/x.yaml',
  id: '7d206bed48a0bc0c',
  title: 'POST api.openai.com/v1/chat/completions',
  verdict: 'identical',
  changes: [],
  notes: [],
  ...more,
})

const report: GateReport = {
  verdict: 'regression',
  base: 'main',
  head: 'cassettes',
  root: './cassettes/',
  counts: { identical: 1, benign: 0, regression: 1, accepted: 1, added: 0, missing: 0, notCompared: 1 },
  rows: [
    row({}),
    row({
      verdict: 'regression',
      line: 12,
      changes: [
        {
          path: 'choices[0].tool_calls[f].arguments.q',
          rule: 'tool_calls',
          verdict: 'regression',
          before: HOSTILE,
          after: undefined,
          axis: 'tools',
          hash: '0123456789abcdef',
        },
      ],
      notes: ['output tokens 1 → 2'],
    }),
    row({
      verdict: 'regression',
      line: 40,
      changes: [
        {
          path: 'choices[0].finish',
          rule: 'finish',
          verdict: 'regression',
          before: 'stop',
          after: 'length',
          axis: 'finish',
          hash: '1',
          accepted: { reason: HOSTILE, date: '2026-11-28' },
        },
      ],
    }),
    row({ verdict: 'not compared', only: 'base', reason: 'only in the base', line: 1 }),
  ],
  problems: [{ side: 'head', cassette: 'broken.yaml', message: HOSTILE }],
}

const render = (name: string): string => FORMATS[name]?.(report, { now: 5 }) ?? ''
const FIRST = 'regression: 1 identical, 1 regressed, 1 accepted, 1 not compared, 1 file unreadable'

describe('the formats of diff and gate', () => {
  it('all have the verdict', () => {
    for (const name of Object.keys(FORMATS).filter((one) => one !== 'json'))
      assert.ok(render(name).includes(FIRST), name)
    assert.deepEqual(JSON.parse(render('json')), JSON.parse(JSON.stringify(report)))
  })

  it('terminal: escapes what a terminal would act on', () => {
    const text = render('terminal')
    assert.equal(text.split('\n', 1)[0], FIRST)
    assert.doesNotMatch(text, /[\u001b\u202e]/)
  })

  it('markdown: no markup and no mention comes from a recording', () => {
    const text = render('markdown')
    assert.match(text, /^<!-- cassette gate -->\n\*\*regression: /)
    for (const line of text.split('\n')) {
      const outside = line.replaceAll(/`[^`]*`/g, '')
      assert.doesNotMatch(outside.replace('<!-- cassette gate -->', ''), /<(?!br>)|@s/)
    }
  })

  it('github: one escaped annotation for each interaction, at its line', () => {
    const lines = render('github').split('\n')
    assert.equal(lines.length, 5)
    assert.match(
      lines[1] ?? '',
      /^::error file=cassettes\/a b\/x\.yaml,line=12,title=regression 7d206bed48a0bc0c::/,
    )
    assert.match(lines[4] ?? '', /^::error file=cassettes\/broken\.yaml,title=not compared::.*%0A%250A/)
  })

  it('junit: well-formed, with the right counts', () => {
    const document = new JSDOM(render('junit'), { contentType: 'text/xml' }).window.document
    const suites = document.documentElement
    assert.deepEqual(
      ['tests', 'failures', 'errors'].map((name) => suites.getAttribute(name)),
      ['5', '1', '2'],
    )
    assert.equal(document.querySelectorAll('testcase').length, 5)
    assert.match(document.querySelector('failure')?.textContent ?? '', /tools: choices\[0\].*<script>/)
  })

  it('ctrf: a test for each interaction', () => {
    const { results } = JSON.parse(render('ctrf'))
    assert.deepEqual(results.summary, {
      tests: 5,
      passed: 2,
      failed: 1,
      pending: 0,
      skipped: 0,
      other: 2,
      start: 5,
      stop: 5,
    })
    assert.deepEqual(
      results.tests.map(({ status }: { status: string }) => status),
      ['passed', 'failed', 'passed', 'other', 'other'],
    )
  })

  it('sarif: a result for each axis, what was accepted is suppressed', () => {
    const { version, runs } = JSON.parse(render('sarif'))
    assert.equal(version, '2.1.0')
    const results: { ruleId: string; level: string; suppressions?: unknown[] }[] = runs[0].results
    assert.deepEqual(
      results.map(({ ruleId, level, suppressions }) => [ruleId, level, suppressions?.length ?? 0]),
      [
        ['tools', 'error', 0],
        ['finish', 'note', 1],
        ['not-compared', 'warning', 0],
        ['not-compared', 'warning', 0],
      ],
    )
    assert.equal(
      runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri,
      'cassettes/a%20b/x.yaml',
    )
  })
})
