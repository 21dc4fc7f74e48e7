import assert from 'node:assert/strict'
import { stringify } from 'yaml'
import { Cassette, renderCassette } from '../../src/cassette/cassette.ts'
import { emitItem } from '../../src/cassette/yaml/emit.ts'
import { sampleFile, sampleInteraction, sampleText } from './samples.ts'

const PROMPTS = ['one two', 'three', 'four five six']
const INTERACTIONS = PROMPTS.map(sampleInteraction)
const FILE = sampleFile(...PROMPTS)

function shifted(text: string, columns: number): string {
  const lines = text.split('\n').slice(2)
  const moved = lines.map((line) => (columns < 0 ? line.slice(-columns) : line && ' '.repeat(columns) + line))
  return `version: 1\ninteractions:\n${moved.join('\n')}`
}

const deep = { version: 1, interactions: INTERACTIONS }
const trap = {
  ...INTERACTIONS[0],
  note: '  - id: trap\n    match: {key: x}\n\n- id: trap\nversion: 2\n# no comment\n---\n...\n',
}

interface Spelling {
  readonly text: string
  /** Its items are on lines of their own, so they keep their bytes when the file is written again. */
  readonly keepsBytes: boolean
  readonly comments?: readonly string[]
}

/** The same three interactions, as people and other programs could write them. */
const SPELLINGS: Readonly<Record<string, Spelling>> = {
  'as the writer has it': { text: FILE, keepsBytes: true },
  'with CRLF': { text: FILE.replaceAll('\n', '\r\n'), keepsBytes: true },
  'with a byte order mark': { text: `\ufeff${FILE}`, keepsBytes: true },
  'with a mark, and the items first': {
    text: `\ufeffinteractions:\n${PROMPTS.map(sampleText).join('')}version: 1\n`,
    keepsBytes: true,
  },
  'with a document start and a document end': { text: `%YAML 1.2\n---\n${FILE}...\n`, keepsBytes: true },
  'indented by four': { text: shifted(FILE, 2), keepsBytes: true },
  'not indented': { text: shifted(FILE, -2), keepsBytes: true },
  'by another YAML writer': { text: stringify(deep), keepsBytes: true },
  'by another YAML writer, indented by four': { text: stringify(deep, { indent: 4 }), keepsBytes: true },
  'by another YAML writer, lists not indented': {
    text: stringify(deep, { indentSeq: false }),
    keepsBytes: true,
  },
  'with comments everywhere': {
    text: `# top\n${FILE.replace('interactions:', 'interactions: # the items').replaceAll('  - id', '# before\n\n  # an item\n  - id').replaceAll('    match', '      # inside\n# far out\n    match')}# end\n`,
    keepsBytes: true,
    comments: ['# top', '# the items', '# before', '  # an item', '      # inside', '# far out', '# end'],
  },
  'with blank lines': {
    text: FILE.replaceAll('  - id', '\n \n  - id').replaceAll('    match', '\n    match'),
    keepsBytes: true,
  },
  'with keys of its own around the items': {
    text: `metadata:\n  interactions:\n    - id: no\n  note: |\n    - id: neither\n${FILE}other: [1, 2]\n`,
    keepsBytes: true,
  },
  'with the key in quotes': { text: FILE.replace('interactions:', '"interactions" :'), keepsBytes: true },
  'without the last line end': { text: FILE.slice(0, -1), keepsBytes: true },
  'with a text that looks like items': {
    text: `version: 1\ninteractions:\n${emitItem(trap, 'readable')}${PROMPTS.slice(1).map(sampleText).join('')}`,
    keepsBytes: true,
  },
  'with keys in another order': {
    text: stringify({
      interactions: INTERACTIONS.map((one) => Object.fromEntries(Object.entries(one).toReversed())),
      version: 1,
    }),
    keepsBytes: true,
  },
  'with flow items': {
    text: `version: 1\ninteractions:\n${INTERACTIONS.map((one) => `  - ${JSON.stringify(one)}\n`).join('')}`,
    keepsBytes: true,
  },
  'with a dash on a line of its own': { text: FILE.replaceAll('  - id', '  -\n    id'), keepsBytes: true },
  'as a flow list': {
    text: `# top\nversion: 1\ninteractions: ${JSON.stringify(INTERACTIONS, null, 2).replaceAll('\n', '\n  ')} # all\nmetadata: {a: 1}\n`,
    keepsBytes: false,
    comments: ['# top', '# all', 'metadata: {a: 1}'],
  },
  'as JSON': { text: JSON.stringify(deep, null, 2), keepsBytes: false },
  'as JSON on one line, with metadata': {
    text: JSON.stringify({ ...deep, metadata: { owner: 'me' } }),
    keepsBytes: false,
  },
  'with an explicit key': { text: FILE.replace('interactions:', '? interactions\n:'), keepsBytes: false },
}

function parse(text: string): Cassette {
  return Cassette.parse(Buffer.from(text), 'x.yaml')
}

function rendered(...[parts]: Parameters<typeof renderCassette>): string {
  return Buffer.concat(
    Array.from(renderCassette(parts), (piece) => Buffer.from(piece as Uint8Array)),
  ).toString()
}

/** Ignores the order of keys, and `note`. */
function plain(cassette: Cassette): unknown {
  return cassette.entries.map((entry) => ({ ...entry.read(), note: undefined }))
}

describe('a cassette edited by hand', () => {
  const expected = INTERACTIONS.map((one) => ({ ...one, note: undefined }))
  for (const [title, { text, keepsBytes, comments = [] }] of Object.entries(SPELLINGS)) {
    describe(title, () => {
      it('is read the same', () => {
        const cassette = parse(text)
        assert.deepEqual(plain(cassette), expected)
        assert.deepEqual([cassette.incomplete, cassette.isEmpty], [false, false])
        for (const [index, entry] of cassette.entries.entries()) {
          const { id, match, recorded_at: recordedAt, request } = INTERACTIONS[index] ?? assert.fail()
          const { method, url } = request
          assert.deepEqual(
            {
              id: entry.id,
              match: entry.match,
              recordedAt: entry.recordedAt,
              method: entry.method,
              url: entry.url,
            },
            { id, match, recordedAt, method, url },
          )
        }
      })

      it('is written again unchanged, and with a new interaction reads as before plus the new one', () => {
        const cassette = parse(text)
        const texts = cassette.entries.map((entry) => entry.text)
        const again = rendered({ cassette, entries: texts, incomplete: false })
        if (keepsBytes) assert.equal(again, text.endsWith('\n') ? text : `${text}\n`)
        const more = rendered({ cassette, entries: [...texts, sampleText('new one')], incomplete: true })
        const read = parse(more)
        assert.deepEqual(plain(read), [...expected, { ...sampleInteraction('new one'), note: undefined }])
        assert.equal(read.incomplete, true)
        assert.deepEqual(read.metadata, cassette.metadata)
        for (const entry of keepsBytes ? texts : [])
          assert.ok(more.includes(Buffer.from(entry as Uint8Array).toString()))
        for (const comment of comments) assert.ok(more.includes(comment), comment)
        // Removing the mark leaves no trace.
        const unmarked = rendered({
          cassette: read,
          entries: read.entries.map((entry) => entry.text),
          incomplete: false,
        })
        assert.equal(parse(unmarked).incomplete, false)
        assert.ok(!unmarked.includes('incomplete'))
        if (text.includes('\r\n')) assert.ok(!/[^\r]\n/.test(more))
      })

      it('can be emptied, and filled again', () => {
        const cassette = parse(text)
        const none = rendered({ cassette, entries: [], incomplete: false })
        assert.equal(parse(none).isEmpty, true)
        assert.deepEqual(parse(none).metadata, cassette.metadata)
        const one = rendered({ cassette: parse(none), entries: [sampleText('three')], incomplete: false })
        assert.deepEqual(plain(parse(one)), [{ ...sampleInteraction('three'), note: undefined }])
      })
    })
  }

  const empties: Readonly<Record<string, string>> = {
    'no byte': '',
    'a mark only': '\ufeff',
    'comments only': '# nothing\n\n  # yet',
    'a document start': '---\n',
    'no list': 'version: 1\n',
    'no list, no line end': 'version: 1',
    'an empty list': 'version: 1\ninteractions: []\n',
    'an empty list with a comment': 'version: 1\ninteractions: [ ] # none\n',
    'nothing in the list': 'version: 1\ninteractions:\n',
    'null for a list': 'version: 1\ninteractions: ~\nmetadata: {a: 1}\n',
    JSON: '{"version": 1, "interactions": []}',
  }
  for (const [title, text] of Object.entries(empties)) {
    it(`is empty with ${title}, and can be filled`, () => {
      const cassette = parse(text)
      assert.ok(cassette.isEmpty)
      const filled = rendered({ cassette, entries: [sampleText('three')], incomplete: false })
      assert.deepEqual(plain(parse(filled)), [{ ...sampleInteraction('three'), note: undefined }])
      for (const comment of text.match(/#.*/g) ?? []) assert.ok(filled.includes(comment))
    })
  }

  it('reads numbers and words without quotes as text if the format has text there', () => {
    const text = FILE.replace(
      'Content-Type: text/event-stream',
      'x: 012, y: yes, z: ~, n: 1.50, e: 1e3, t: true, content-length: 12',
    )
      .replace(/id: \w+/, 'id: 1234567890123456')
      .replace(/data: '\[DONE\]'/, 'data: 7')
    const [first] = parse(text).entries
    assert.equal(first?.id, '1234567890123456')
    const { response, id } = first.read()
    assert.equal(id, '1234567890123456')
    assert.deepEqual(response?.headers, {
      x: '012',
      y: 'yes',
      z: '~',
      n: '1.50',
      e: '1e3',
      t: 'true',
      'content-length': '12',
    })
    const { sse } = response.body as unknown as { sse: { data: unknown }[] }
    assert.equal(sse.at(-1)?.data, '7')
  })

  it('keeps unknown keys, also when an interaction is written anew', () => {
    const text = FILE.replace('    request:', '    note: {by: me}\n    request:').replace(
      '      method:',
      '      tls: 1.3\n      method:',
    )
    const interaction = parse(text).entries[0]?.read() as unknown as Record<string, Record<string, unknown>>
    assert.deepEqual([interaction['note'], interaction['request']?.['tls']], [{ by: 'me' }, 1.3])
  })

  it('may leave out headers and match', () => {
    const text = FILE.replaceAll(/ +(?:headers|match): .*\n/g, '')
    const [first] = parse(text).entries
    assert.equal(first?.match, undefined)
    assert.deepEqual([first?.read().request.headers, first?.read().response?.headers], [{}, {}])
  })
})
