import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import type { GateReport } from '../../../src/gate/report.ts'
import { chatCassette } from '../../helpers/cassette-texts.ts'
import { cli } from '../../helpers/cli.ts'
import { tempFolder } from '../../helpers/temp-folder.ts'

describe('cassette gate, at size', () => {
  const folder = tempFolder()
  after(() => folder.remove())

  it('compares ten thousand interactions in bounded memory', async function () {
    this.timeout(120_000)
    for (const name of ['base', 'head']) mkdirSync(join(folder.path, name))
    for (let file = 0; file < 20; file++) {
      const list = Array.from({ length: 500 }, (_, at) => ({
        question: `Question ${file}-${at}: ${'word '.repeat(40)}`,
        answer: `${'answer '.repeat(60)}${at}`,
      }))
      writeFileSync(join(folder.path, `base/${file}.yaml`), chatCassette(list))
      writeFileSync(
        join(folder.path, `head/${file}.yaml`),
        chatCassette(list.map((one, at) => (at % 50 === 0 ? { ...one, answer: 'x' } : one))),
      )
    }
    const { code, stdout, stderr } = await cli(
      folder.path,
      ['gate', '--base', 'base', '--head', 'head', '--json'],
      {
        NODE_OPTIONS: '--max-old-space-size=256',
      },
    )
    assert.equal(code, 0, stderr)
    const { counts } = JSON.parse(stdout) as GateReport
    assert.deepEqual([counts.identical, counts.benign], [9800, 200])
  })
})
