import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { Cassette } from '../../../src/cassette/cassette.ts'
import { emitItem } from '../../../src/cassette/yaml/emit.ts'
import { parseWhole } from '../../../src/cassette/reading/parse-whole.ts'
import { findSegments } from '../../../src/cassette/reading/segments.ts'
import { CassetteFormatError } from '../../../src/errors/cassette-format-error.ts'
import { sampleFile, sampleInteraction } from '../samples.ts'
import { runs } from '../../helpers/runs.ts'

const NOTE =
  '  - id: trap\n    match: {key: x}\n- id: trap\n\nversion: 2\n# a line of text that makes this long enough\n'
const FILE = `metadata: {a: "x\\ny"}\n${sampleFile('one', 'two')}${emitItem({ ...sampleInteraction('three'), note: NOTE }, 'readable')}${sampleFile('four').split('\n').slice(2).join('\n')}other: |\n  - id: no\n`

/** Pieces that change the meaning of a line. */
const PIECES = [
  '\n', '\n\n', '  ', ' ', '    ', '\t', '- ', '  - ', '#', ' # c', '\n# c\n', '\n  # c\n', '\n      # c\n', '---', '\n---\n', '\n...\n', '"', "'", '|', '>', '|\n',
  '{', '}', '[', ']', ',', ': ', ':', '?', '? ', '\n  - id: x\n', '\n  - \n', '\n- a\n', '\ninteractions:\n', 'interactions: []\n', '\nversion: 1\n', '\nincomplete: true\n',
  '\r\n', '\r', '\ufeff', '&a ', '*a', '!t ', 'x', '    match: {}\n', '<<: ', '\u2028',
] // prettier-ignore

type Outcome = {
  readonly entries: readonly unknown[]
  readonly incomplete: boolean
  readonly metadata: unknown
}

function outcome(read: () => Outcome): Outcome | 'refused' {
  try {
    return read()
  } catch (error) {
    assert.ok(error instanceof CassetteFormatError, String(error instanceof Error ? error.stack : error))
    return 'refused'
  }
}

function bySegments(text: string): Outcome {
  const { entries, incomplete, metadata } = Cassette.parse(Buffer.from(text), 'x.yaml')
  return {
    entries: entries.map((entry) => [entry.read(), entry.id, entry.match, entry.url]),
    incomplete,
    metadata,
  }
}

function byParser(text: string): Outcome {
  const { entries, incomplete, metadata } = parseWhole(text, 'x.yaml')
  return {
    entries: entries.map((entry) => [entry.read(), entry.id, entry.match, entry.url]),
    incomplete,
    metadata,
  }
}

describe('the search for items by lines', () => {
  it('gives the same as a parse of the whole file, however the file was edited', () => {
    const edit = fc.record({
      at: fc.nat({ max: FILE.length }),
      remove: fc.oneof(
        { weight: 3, arbitrary: fc.constant(0) },
        { weight: 1, arbitrary: fc.nat({ max: 12 }) },
      ),
      insert: fc.constantFrom(...PIECES),
      atLineStart: fc.boolean(),
    })
    const seen = { read: 0, refused: 0, segmented: 0 }
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
        let text = FILE
        for (const { at, remove, insert, atLineStart } of edits) {
          const start = atLineStart ? text.lastIndexOf('\n', at) + 1 : Math.min(at, text.length)
          text = text.slice(0, start) + insert + text.slice(start + remove)
        }
        const expected = outcome(() => byParser(text))
        assert.deepEqual(
          outcome(() => bySegments(text)),
          expected,
          text,
        )
        seen[expected === 'refused' ? 'refused' : 'read']++
        if (expected !== 'refused' && findSegments(Buffer.from(text)) !== undefined) seen.segmented++
      }),
      { numRuns: Math.max(250, runs(500)) },
    )
    assert.ok(
      seen.read > runs(10) && seen.refused > runs(50) && seen.segmented > runs(10),
      JSON.stringify(seen),
    )
  })
})
