import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { fromRoot } from '../helpers/shared.ts'
import { tempFolder } from '../helpers/temp-folder.ts'

interface Report {
  readonly requests: readonly { tool: string; client: string; payload: string; medianMs: number }[]
  readonly matching: readonly { what: string; medianMs: number }[]
}

describe('npm run bench (needs `npm ci` in bench/)', () => {
  const folder = tempFolder()
  before(function () {
    if (!existsSync(fromRoot('bench/node_modules'))) this.skip()
  })
  after(() => folder.remove())

  it('measures and writes its results as JSON', async () => {
    const file = join(folder.path, 'bench.json')
    const args = [fromRoot('bench/main.ts'), '--quick', '--tools', 'live,record,replay', '--json', file]
    const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 50_000 })
    assert.match(stdout, /^\| fetch 1 KB \| [\d.]+ \| [\d.]+ \([\d.]+\) \|/m)
    const { requests, matching } = JSON.parse(readFileSync(file, 'utf8')) as Report
    assert.equal(requests.length, 3 * 4 * 3)
    for (const { medianMs, tool } of [...requests, ...matching.map((one) => ({ ...one, tool: one.what }))])
      assert.ok(medianMs > 0, tool)
    assert.equal(matching.length, 6)
  }).timeout(60_000)
})
