import assert from 'node:assert/strict'
import fc from 'fast-check'
import { fromByteText, toByteText } from '../../../src/redaction/byte-text.ts'
import { PathNode } from '../../../src/redaction/json/paths.ts'
import { scanJson } from '../../../src/redaction/json/scanner.ts'
import { decodeJsonString, locateInJsonString } from '../../../src/redaction/json/strings.ts'
import { runs } from '../../helpers/runs.ts'

interface Leaf {
  readonly path: string
  readonly value: unknown
}

function pathOf(node: PathNode<undefined>, indices: readonly number[]): string {
  const names: string[] = []
  let array = indices.length
  for (let at = node; at.parent !== undefined; at = at.parent) {
    if (at.name === undefined) array -= 1
    names.unshift(at.name === undefined ? `[${indices[array]}]` : `.${fromByteText(at.name)}`)
  }
  return names.join('')
}

function scan(json: string): { readonly end: number; readonly leaves: Leaf[]; readonly length: number } {
  const text = toByteText(json)
  const leaves: Leaf[] = []
  const indices: number[] = []
  const end = scanJson({
    text,
    start: 0,
    end: text.length,
    root: new PathNode<undefined>(() => undefined),
    indices,
    visitor: {
      string: (node, from, to) =>
        void leaves.push({
          path: pathOf(node, indices),
          value: fromByteText(decodeJsonString(text.slice(from, to))),
        }),
      primitive: (node, from, to) =>
        void leaves.push({ path: pathOf(node, indices), value: JSON.parse(text.slice(from, to)) }),
    },
  })
  return { end, leaves, length: text.length }
}

function leavesOf(value: unknown, path = ''): Leaf[] {
  if (typeof value !== 'object' || value === null) return [{ path, value }]
  if (Array.isArray(value))
    return value.flatMap((item: unknown, index) => leavesOf(item, `${path}[${index}]`))
  return Object.entries(value).flatMap(([key, item]) => leavesOf(item, `${path}.${key}`))
}

describe('scanJson', () => {
  it('visits every leaf of any JSON text with its path, in order', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(undefined, 2, '\t'), (json, indent) => {
        // Keys that look like indices come first in objects, whatever the text says.
        const value = JSON.parse(json) as unknown
        const text = JSON.stringify(value, null, indent)
        const { end, leaves, length } = scan(text)
        assert.equal(end, length)
        assert.deepEqual(leaves, leavesOf(value))
      }),
      { numRuns: runs(500) },
    )
  })

  it('returns where the value ends and ignores the text after it', () => {
    assert.equal(scan(' {"a":[1,{}]} x').end, 13)
    assert.equal(scan('"a" "b"').end, 3)
  })

  for (const broken of [
    '',
    '{',
    '{"a"',
    '{"a":',
    '{"a":1',
    '{"a":1,}',
    '[1,]',
    '[1 2]',
    '{a:1}',
    '"a',
    '"a\\"',
    '{"a":1]',
    'nul',
  ]) {
    it(`refuses ${JSON.stringify(broken)}`, () => assert.equal(scan(broken).end, -1))
  }

  it('visits the tokens before an error', () => {
    assert.deepEqual(scan('{"a":{"b":"c"},"d":[1,').leaves, [
      { path: '.a.b', value: 'c' },
      { path: '.d[0]', value: 1 },
    ])
  })

  it('treats the keys of Object.prototype as names', () => {
    assert.deepEqual(scan('{"__proto__":{"constructor":"x"}}').leaves, [
      { path: '.__proto__.constructor', value: 'x' },
    ])
  })

  it('does not need a stack frame for each level', () => {
    const depth = 200_000
    assert.equal(scan('['.repeat(depth) + ']'.repeat(depth)).end, 2 * depth)
  })
})

describe('locateInJsonString', () => {
  it('finds the place of a range of the decoded text', () => {
    const unit = fc.constantFrom(
      'a',
      'b',
      '\\n',
      '\\\\',
      '\\"',
      '\\/',
      '\\u0041',
      '\\ud83d\\ude00',
      '\u00e9',
      '\\u00e9',
    )
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 12 }), fc.nat(), fc.nat(), (units, a, b) => {
        const raw = units.map(toByteText)
        const decoded = raw.map(decodeJsonString)
        const [from = 0, to = 0] = [a % (units.length + 1), b % (units.length + 1)].toSorted((x, y) => x - y)
        if (from === to) return
        const offset = (parts: readonly string[], count: number): number =>
          parts.slice(0, count).join('').length
        assert.deepEqual(
          locateInJsonString(raw.join(''), [{ start: offset(decoded, from), end: offset(decoded, to) }]),
          [{ start: offset(raw, from), end: offset(raw, to) }],
        )
      }),
      { numRuns: runs(500) },
    )
  })
})
