import assert from 'node:assert/strict'

import { type MissReport, renderMiss, sideBySide } from '../../src/reports/miss.ts'

const report = (more: Partial<MissReport> = {}): MissReport => ({
  method: 'POST',
  url: 'https://api.example/v1/ask',
  cassettePath: 'cassettes/x.yaml',
  exists: true,
  mode: 'none',
  modeSource: 'CI',
  total: 3,
  samePath: { path: '/v1/ask', count: 2, played: 1 },
  closest: { id: 'abc', position: 1, played: false, line: 'POST /v1/ask' },
  differences: [{ path: 'messages[0].content', recorded: 'a', incoming: 'b' }],
  uncompared: [],
  matcher: false,
  ...more,
})

describe('the message of a miss', () => {
  it('names the request, the cassette, the differences and the way out, in this order', () => {
    assert.equal(
      renderMiss(report()),
      [
        'no recording answers POST https://api.example/v1/ask',
        '  cassette  cassettes/x.yaml',
        '  mode      none (CI is set: the network is not used)',
        '  recorded  2 of POST /v1/ask, 1 played (3 in the cassette)',
        '  nearest   interaction 2, abc, POST /v1/ask',
        '    messages[0].content',
        '      recorded  "a"',
        '      incoming  "b"',
        '                 ^',
        '  record    CASSETTE_MODE=new_episodes adds this request, CASSETTE_MODE=all records everything again',
      ].join('\n'),
    )
  })

  it('uses the palette that it gets', () => {
    const mark = (sign: string) => (text: string) => `${sign}${text}${sign}`
    const text = renderMiss(report(), { bold: mark('*'), dim: mark('.'), red: mark('-'), green: mark('+') })
    assert.match(text, /-"a"-\n.*\+"b"\+/)
    assert.match(text, /\*messages\[0\]\.content\*/)
  })

  it('shows twelve differences and counts the rest', () => {
    const differences = Array.from({ length: 15 }, (_, i) => ({ path: `p${i}`, recorded: 1, incoming: 2 }))
    assert.match(renderMiss(report({ differences })), /p11\n[^]*\.\.\. and 3 more/)
  })
})

describe('two values side by side', () => {
  it('are cut around the first difference, and the caret points at it', () => {
    const long = 'x'.repeat(200)
    const [before, after, caret = -1] = sideBySide(`${long}a${long}`, `${long}b${long}`)
    assert.equal(before[caret], 'a')
    assert.equal(after[caret], 'b')
    assert.ok(before.startsWith('…') && before.endsWith('…') && before.length < 110)
  })

  it('place the caret by terminal columns', () => {
    const [, , caret] = sideBySide('日本a', '日本b')
    assert.equal(caret, 1 + 4)
    const [, , emoji] = sideBySide('👩‍👩‍👧a', '👩‍👩‍👧b')
    assert.equal(emoji, 1 + 2)
  })

  it('never cut a character in two', () => {
    const faces = '😀'.repeat(120)
    const [before] = sideBySide(`${faces}a`, `${faces}b`)
    assert.ok(before.isWellFormed())
  })

  it('escape every character that a terminal acts on', () => {
    const [before] = sideBySide('\u001b[31m\u009b\u202e\u007f', 'x')
    assert.equal(before, String.raw`"\u001b[31m\u009b\u202e\u007f"`)
  })

  it('show a missing value as absent', () => {
    assert.deepEqual(sideBySide(undefined, 1), ['(absent)', '1', undefined])
  })
})
