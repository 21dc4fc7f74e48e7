import assert from 'node:assert/strict'

import { Cassette } from '../../../src/cassette/cassette.ts'
import { CassetteFormatError } from '../../../src/errors/cassette-format-error.ts'
import { sampleFile, sampleText } from '../samples.ts'

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

/** Tests that every kind of hostile file of this size is read or refused within 2 s of CPU for each 10 MB. */
export function hostileFiles(megabytes: number): void {
  // Compiling the parser takes some time too.
  const limitMs = Math.max(1000, 200 * megabytes)
  describe(`${megabytes} MB of`, () => {
    for (const [name, unit] of Object.entries(UNITS))
      it(`${name}, in any place, are read or refused within ${limitMs} ms`, function () {
        this.timeout(60_000)
        for (const [place, file] of Object.entries(PLACES)) {
          const ms = open(file(unit.repeat((megabytes * 1_000_000) / unit.length)))
          assert.ok(ms < limitMs, `in ${place}: ${Math.round(ms)} ms`)
        }
      })
  })
}
