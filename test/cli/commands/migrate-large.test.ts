import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import type { MigrationReport } from '../../../src/migration/report.ts'
import { chatCassette } from '../../helpers/cassette-texts.ts'
import { cli } from '../../helpers/cli.ts'
import { startModel } from '../../helpers/model-server.ts'
import { tempFolder } from '../../helpers/temp-folder.ts'

describe('cassette migrate, at size', () => {
  const folder = tempFolder()
  after(() => folder.remove())

  it('reads ten thousand interactions in bounded memory, and asks each of their five hundred prompts once', async function () {
    this.timeout(1_200_000)
    mkdirSync(join(folder.path, 'tapes'))
    for (let file = 0; file < 20; file++) {
      const list = Array.from({ length: 500 }, (_, at) => ({
        // Twenty recordings of each prompt, in twenty cassettes.
        question: `Question ${at}: ${'word '.repeat(100)}`,
        answer: `${'answer '.repeat(150)}${at}`,
      }))
      writeFileSync(join(folder.path, `tapes/${file}.yaml`), chatCassette(list))
    }
    const model = await startModel(() => ({ text: 'answer '.repeat(150) }))
    const env = { NODE_OPTIONS: '--max-old-space-size=160', ANTHROPIC_API_KEY: 'k' }
    const args = ['--corpus', 'tapes', '--target', 'claude-x', '--json']
    const run = (...command: string[]): ReturnType<typeof cli> =>
      cli(folder.path, [...command, ...args], env, 1_000_000)
    try {
      const migrated = await run('migrate', '--base-url', model.url)
      assert.equal(migrated.code, 0, migrated.stderr.slice(-2000))
      assert.equal(model.asked.length, 500)
    } finally {
      await model.close()
    }
    assert.equal(readdirSync(join(folder.path, 'tapes-migrated/claude-x')).length, 501)
    const { code, stderr, stdout } = await run('report')
    assert.equal(code, 0, stderr.slice(-2000))
    const { counts, verdict } = JSON.parse(stdout) as MigrationReport
    assert.deepEqual([verdict, counts.passed], ['GO', 500])
  })
})
