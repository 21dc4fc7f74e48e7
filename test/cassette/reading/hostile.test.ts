import assert from 'node:assert/strict'

import { Cassette } from '../../../src/cassette/cassette.ts'
import { CassetteFormatError } from '../../../src/errors/cassette-format-error.ts'
import { sampleFile, sampleInteraction, sampleText } from '../samples.ts'

const BYTES = 10_000_000
const LIMIT_MS = 2000
const HEAD = 'version: 1\ninteractions:\n'

const UNITS: Readonly<Record<string, string>> = {
  'line ends': '\n',
  'line ends of two characters': '\r\n',
  'opening brackets': '[',
  'closing brackets': ']',
  'opening braces': '{',
  'nested mappings': '{a: ',
  'pairs of brackets': '[],',
  'anchors in a row': '&a ',
  'anchors on lines': '- &a x\n',
  aliases: '*a ',
  tags: '!!str ',
  dashes: '-',
  'dashes with spaces': '- ',
  'dashes on lines': '-\n',
  'document marks': '---\n',
  'document ends': '...\n',
  'double quotes': '"',
  'keys in a row': 'a: ',
  'the same key': 'k: v\n',
  'question marks': '? ',
  commas: ',',
  'block scalars': '|\n',
  'comment lines': '# x\n',
  'lines of words': 'x y\n',
}

const PLACES: Readonly<Record<string, (filler: string) => string>> = {
  'the whole file': (filler) => filler,
  'the list': (filler) => HEAD + filler,
  'a body': (filler) => HEAD + sampleText('one').replace(/body: \{json: .*/, () => `body: {json: ${filler}}`),
  'what follows an item': (filler) => sampleFile('one') + filler,
  'the metadata': (filler) => `version: 1\nmetadata: ${filler}\ninteractions: []\n`,
}

/** @returns the CPU time, ms */
function open(text: string): number {
  const bytes = Buffer.from(text)
  const before = process.cpuUsage()
  try {
    for (const entry of Cassette.parse(bytes, 'dir/hostile.yaml').entries) entry.read()
  } catch (error) {
    assert.ok(error instanceof CassetteFormatError, String(error))
    assert.match(error.message, /^dir\/hostile\.yaml:\d+:\d+: expected /)
  }
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

describe('10 MB of', () => {
  for (const [name, unit] of Object.entries(UNITS))
    it(`${name}, in any place, are read or refused within ${LIMIT_MS} ms`, function () {
      this.timeout(60_000)
      for (const [place, file] of Object.entries(PLACES)) {
        const ms = open(file(unit.repeat(BYTES / unit.length)))
        assert.ok(ms < LIMIT_MS, `in ${place}: ${Math.round(ms)} ms`)
      }
    })
})

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
