import assert from 'node:assert/strict'

import { Cassette, renderCassette } from '../../src/cassette/cassette.ts'
import { hasMetadata, withMetadata } from '../../src/cassette/metadata.ts'

const ITEM = [
  '  - id: a',
  '    recorded_at: 2026-11-21T08:00:00.000Z',
  '    request: {method: GET, url: "https://example.com/", headers: {}}',
  '    response: {status: 204, headers: {}}',
  '',
].join('\n')

const parse = (text: string): Cassette => Cassette.parse(Buffer.from(text), 'a.yaml')
function changed(text: string, added: Record<string, unknown>): string {
  const cassette = parse(text)
  const pieces = renderCassette({
    cassette: withMetadata(cassette, added),
    entries: cassette.entries.map((entry) => entry.text),
    incomplete: cassette.incomplete,
  })
  return [...pieces].map((piece) => Buffer.from(piece as Uint8Array).toString()).join('')
}

describe('the metadata of a cassette', () => {
  const CASES: readonly [title: string, before: string, added: Record<string, unknown>, after: string][] = [
    [
      'is added after the version',
      `version: 1\ninteractions:\n${ITEM}`,
      { category: 'support' },
      `version: 1\nmetadata: {category: support}\ninteractions:\n${ITEM}`,
    ],
    [
      'keeps the other keys, comments and the mark',
      `# ours\nversion: 1\nincomplete: true\nmetadata:\n  owner: [a, b]\n  category: old\n\n# tests\ninteractions:\n${ITEM}`,
      { category: 'new' },
      `# ours\nversion: 1\nincomplete: true\nmetadata: {owner: [a, b], category: new}\n# tests\ninteractions:\n${ITEM}`,
    ],
    [
      'is replaced after the interactions too',
      `version: 1\ninteractions:\n${ITEM}metadata: {category: old}\n`,
      { category: 'new' },
      `version: 1\ninteractions:\n${ITEM}metadata: {category: new}\n`,
    ],
    [
      'takes the line ends of the file',
      `version: 1\r\ninteractions:\r\n${ITEM.replaceAll('\n', '\r\n')}`,
      { note: 'two\nlines' },
      `version: 1\r\nmetadata: {note: "two\\nlines"}\r\ninteractions:\r\n${ITEM.replaceAll('\n', '\r\n')}`,
    ],
  ]
  for (const [title, before, added, after] of CASES)
    it(title, () => {
      const text = changed(before, added)
      assert.deepEqual(parse(text).metadata, parse(after).metadata)
      assert.equal(text, after)
      assert.equal(changed(text, added), text)
      assert.ok(hasMetadata(parse(text), added))
      assert.ok(!hasMetadata(parse(before), added))
    })

  it('is added to a file in one line', () => {
    const text = changed('{"version": 1, "metadata": {"a": 1}, "interactions": []}', { b: 2 })
    assert.deepEqual(parse(text).metadata, { a: 1, b: 2 })
  })

  it('is refused by name if the file does not have it in lines of its own', () => {
    const complex = parse('version: 1\n? metadata\n: {a: 1}\ninteractions: []\n')
    assert.throws(() => withMetadata(complex, { b: 2 }), {
      code: 'CASSETTE_WRITE',
      message: /a\.yaml.*metadata/s,
    })
  })
})
