import assert from 'node:assert/strict'

import { Cassette } from '../../../src/cassette/cassette.ts'
import { sampleInteraction, sampleText } from '../samples.ts'
import { hostileFiles } from './hostile-files.ts'

const HEAD = 'version: 1\ninteractions:\n'

hostileFiles(0.5)

describe('a long text', () => {
  const many = '\n'.repeat(50_000)

  it('keeps blank lines inside of scalars, and leaves others out', () => {
    const bodies = [`x${many}y`, `${many}y`, `x${many}`, `# a\n`.repeat(20_000)]
    for (const body of bodies) {
      const sample = sampleInteraction('one')
      const lines = body.replaceAll('\n', '\n        ')
      const literal = `body:\n        text: |+\n          ${lines.replaceAll('\n', '\n  ')}\n`
      const text = sampleText('one').replace(/body: \{json: .*\n/, () => literal)
      const [entry] = Cassette.parse(Buffer.from(`${HEAD}${text}${many}`), 'x.yaml').entries
      assert.deepEqual(entry?.read().response, sample.response)
      const stored = entry?.read().request.body as { text: string }
      // A literal block keeps the blank lines after it, too.
      assert.equal(stored.text.trimEnd(), body.trimEnd())
    }
  })

  it('has its error at the right place after blank lines', () => {
    const text = `version: 1\nmetadata: 1\n${many}interactions: []\n${many}version: 1\n`
    assert.throws(() => Cassette.parse(Buffer.from(text), 'x.yaml'), {
      line: 2 * 50_000 + 4,
      column: 1,
      expected: 'each key once',
    })
  })

  it('is read as a short one is: nothing is refused that a parser takes', () => {
    const filler = `# ${'x'.repeat(40_000)}\n`
    const files = [
      `${filler}? version\n: 1\n? interactions\n: []\n`,
      `${filler}version: 1\nmetadata:\n- a\n- b: c\n  d: [{e: f}, [g, {h: i}], "j": k]\ninteractions:\n`,
      `${filler}{"version": 1, "metadata": {"a": [[], {}, [{}]], "b": "c: d"}, "interactions": []}\n`,
      `--- # x\n${filler}version: 1\nmetadata:\n  - - - a\n    - b\n  -\n    c: "d\n\n      e"\n  - >-\n    f\n    g\ninteractions: []\n...\n`,
      `%YAML 1.2\n---\n${filler}version: 1\nmetadata: {a: , b, ? c : d, "e":f}\ninteractions: []\n`,
      `${filler}version: 1\nmetadata: a\n  b\n  c\n'x': 1\n"y": "'"\ninteractions: []\n`,
    ]
    for (const file of files) {
      const short = Cassette.parse(Buffer.from(file.replace(filler, '')), 'x.yaml')
      const long = Cassette.parse(Buffer.from(file), 'x.yaml')
      assert.deepEqual([long.metadata, long.entries], [short.metadata, short.entries])
    }
  })
})
