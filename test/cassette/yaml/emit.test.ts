import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { parseDocument } from 'yaml'
import { emitItem } from '../../../src/cassette/yaml/emit.ts'
import { sameValue } from '../../../src/cassette/yaml/own-keys.ts'
import { quickRead, readItem } from '../../../src/cassette/yaml/quick-read.ts'
import { anyKey, anyText, jsonLike } from '../arbitraries.ts'
import { runs } from '../../helpers/runs.ts'

const STYLES = ['readable', 'sturdy'] as const

/** The value that an ordinary YAML 1.2 parser reads, with `__proto__` keys. */
function yamlValue(text: string): unknown {
  const document = parseDocument(text, { version: '1.2', schema: 'core' })
  assert.deepEqual([document.errors, document.warnings], [[], []], text)
  return (document.toJS() as unknown[])[0]
}

function assertSame(actual: unknown, expected: unknown, text: string): void {
  assert.ok(sameValue(actual, expected), `${text}\n${JSON.stringify(expected)}\n${JSON.stringify(actual)}`)
}

describe('the YAML writer', () => {
  for (const style of STYLES) {
    it(`gives back any JSON value through a YAML parser (${style})`, () => {
      fc.assert(
        fc.property(jsonLike(), anyKey(), (value, key) => {
          const item = { id: 'x', request: { body: { json: value } }, [key]: [value] }
          const text = emitItem(item, style)
          assertSame(yamlValue(text), item, text)
        }),
        { numRuns: runs(600) },
      )
    })

    it(`gives back any string at any depth through a YAML parser (${style})`, () => {
      fc.assert(
        fc.property(anyText(), (string) => {
          const item = { id: string, a: [string, [string, { b: string }]], c: { d: { [string]: string } } }
          const text = emitItem(item, style)
          assertSame(yamlValue(text), item, text)
        }),
        { numRuns: runs(1500) },
      )
    })
  }

  it('writes only LF, no tab outside a literal block and no folded line, and ends with a line end', () => {
    fc.assert(
      fc.property(jsonLike(), (value) => {
        const text = emitItem({ id: 'x', value }, 'readable')
        assert.ok(!text.includes('\r'))
        assert.ok(text.startsWith('  - ') && text.endsWith('\n'))
      }),
    )
  })

  const strings = [
    'yes', 'No', 'on', 'n', 'Y', 'null', 'Null', '~', '', ' ', 'true', '1e3', '1E3', '.5', '5.', '+1', '-1', '0x1F', '0o17', '017',
    '1_000', '12:30:45', '.inf', '-.INF', '.NaN', '1e400', '7e20664800000000', '1234567890123456', ' lead', 'trail ', '\ttab', 'tab\t',
    'a\tb', '#', '# x', 'a #b', 'a# b', 'a: b', 'a:b', 'a:', ':', '- ', '-', '--- ', '---', '...', '?', '? x', '&a', '*a', '!x', '!!str x',
    '|', '>', '%YAML', '@x', '`x', '"', "'", `'"`, '\\', '\\n', '{', '}', '[', ']', ',', 'a, b', '<<', '=', '\u0085', 'a\u0085b', '\u2028',
    '\u2029x', '\u00a0', '\ufeff', 'x\ufeff', '\uffff', '\0', '\x1b[31m', '\x7f', '😀', 'a\ud800b', '\udc00', '\r', 'a\r\nb', '\n', '\n\n', 'a\n',
    '\na', ' \n a', `${'x'.repeat(40)}\n`, `\n\n  ${'x'.repeat(40)}\n y\n\n\n`, `${'x'.repeat(40)}\n  \n`, `${'x'.repeat(40)}\n\t`, `\t${'x'.repeat(40)}\ny`,
    `${'x'.repeat(40)}\n---\n...\n# c\n- id: a\n  - id: b`, `  - id: a\n${'x'.repeat(40)}`, '2026-11-21', '__proto__', 'constructor',
  ] // prettier-ignore
  it(`gives back ${strings.length} strings that some YAML readers are known to misread`, () => {
    for (const string of strings) {
      for (const style of STYLES) {
        const item = {
          id: 'x',
          [string]: string,
          list: [string, { [string]: [string] }],
          flow: { a: [string] },
        }
        const text = emitItem(item, style)
        assertSame(yamlValue(text), item, text)
      }
    }
  })

  it('writes multi-line text as a literal block and short collections on one line', () => {
    const item = {
      id: 'a',
      request: {
        method: 'POST',
        body: { json: { model: 'm', messages: [{ role: 'user', content: 'hi' }] } },
      },
      response: { status: 200, body: { text: 'It was a dark and stormy night.\n\n  The rain fell.\n' } },
    }
    assert.equal(
      emitItem(item, 'readable'),
      [
        '  - id: a',
        '    request:',
        '      method: POST',
        '      body: {json: {model: m, messages: [{role: user, content: hi}]}}',
        '    response:',
        '      status: 200',
        '      body:',
        '        text: |',
        '          It was a dark and stormy night.',
        '',
        '            The rain fell.',
        '',
      ].join('\n'),
    )
  })

  it('writes one line for each event', () => {
    const event = {
      data: { json: { id: 'chatcmpl-1', choices: [{ delta: { content: 'hello '.repeat(30) } }] } },
    }
    const text = emitItem(
      { id: 'a', response: { body: { sse: [event, event, { data: '[DONE]' }] } } },
      'readable',
    )
    assert.deepEqual(text.split('\n').map((line) => line.slice(0, 20)), [
      '  - id: a',
      '    response:',
      '      body:',
      '        sse:',
      '          - {data: {j',
      '          - {data: {j',
      "          - {data: '[DO",
      '',
    ].map((line) => line.slice(0, 20))) // prettier-ignore
  })

  it('writes a key that is longer than YAML’s limit for implicit keys', () => {
    const item = {
      id: 'x',
      json: { ['k'.repeat(2000)]: { a: ['line one of the text\nline two of the text', 1] } },
    }
    const text = emitItem(item, 'readable')
    assertSame(yamlValue(text), item, text)
  })
})

describe('the quick reader', () => {
  it('reads the texts of the writer', () => {
    fc.assert(
      fc.property(jsonLike(), anyText(), (value, string) => {
        const item = { id: 'x', request: { body: { json: value } }, string, list: [[string], value] }
        const text = emitItem(item, 'readable')
        const read = quickRead(text)
        // Only the YAML parser reads an explicit key (`? `).
        assert.ok(read === undefined ? text.includes('? ') : sameValue(read, item), text)
      }),
      { numRuns: runs(1000) },
    )
  })

  it('never reads an edited text differently from a YAML parser', () => {
    const edit = fc.record({
      at: fc.nat(),
      remove: fc.nat({ max: 4 }),
      insert: fc.oneof(
        fc.constantFrom(...'- :#|>{}[],&*!\'"\\\n\t\r?~01ae'.split('')),
        fc.constantFrom('  ', '- ', ': ', ' #', '\n\n'),
      ),
    })
    let understood = 0
    fc.assert(
      fc.property(
        jsonLike(),
        anyText(),
        fc.array(edit, { minLength: 1, maxLength: 3 }),
        (value, string, edits) => {
          let text = emitItem({ id: 'x', string, json: value, list: [string, 'b', value] }, 'readable')
          for (const { at, remove, insert } of edits) {
            const start = at % (text.length + 1)
            text = text.slice(0, start) + insert + text.slice(start + remove)
          }
          const read = quickRead(text)
          if (read === undefined) return
          understood++
          assertSame(yamlValue(text), read, text)
        },
      ),
      { numRuns: runs(3000) },
    )
    assert.ok(
      understood > runs(50),
      `only ${understood} edited texts were understood: the property says nothing`,
    )
  })

  it('declines texts that the writer does not write', () => {
    for (const text of [
      '',
      'version: 1\n',
      '  - id: x',
      '  - id: x\n    a:  b\n',
      '  - {id: x}\n',
      '  - id: &a x\n    b: *a\n',
      '  - id: "x\n',
    ]) {
      assert.equal(quickRead(text), undefined, text)
    }
    assert.equal(readItem(`  - id: x\n    a: ${'['.repeat(200_000)}\n`), undefined)
  })

  it('keeps __proto__ as an ordinary key', () => {
    const item = JSON.parse('{"id":"x","json":{"__proto__":{"polluted":1}}}') as Record<string, unknown>
    const read = quickRead(emitItem(item, 'readable'))
    assert.deepEqual(Object.keys(read?.['json'] as object), ['__proto__'])
    assert.equal(({} as Record<string, unknown>)['polluted'], undefined)
  })
})
