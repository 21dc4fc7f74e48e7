import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

import { fromRoot } from '../../helpers/shared.ts'
import { tempFolder } from '../../helpers/temp-folder.ts'
import { cleanEnvironment } from '../../integrations/project.ts'

type Seen = Record<string, unknown>

/** Without ports and the numbers of threads, which differ from run to run. */
const settled = (seen: unknown): string =>
  JSON.stringify(seen ?? null)
    .replaceAll(/:\d{5}\b/g, ':PORT')
    .replaceAll(/[0-9A-F]+:error/g, 'error')

describe('sockets of a process that records are as those of one without a cassette', function () {
  this.timeout(120_000)
  const folder = tempFolder()
  after(folder.remove)

  const run = (how: 'plain' | 'record'): Seen => {
    const ended = spawnSync(
      process.execPath,
      [fromRoot('test/protocols/programs/sockets.ts'), how, join(folder.path, 'tape.yaml')],
      { encoding: 'utf8', env: cleanEnvironment({}), timeout: 100_000 },
    )
    assert.equal(ended.status, 0, `${ended.signal} ${ended.stderr}`)
    return JSON.parse(ended.stdout) as Seen
  }

  it('in every case', () => {
    const plain = run('plain')
    const recorded = run('record')
    const differing = Object.keys(plain).filter((name) => settled(recorded[name]) !== settled(plain[name]))
    assert.deepEqual(
      differing.map((name) => [name, recorded[name]]),
      [],
      JSON.stringify(differing.map((name) => [name, plain[name]])),
    )
    assert.ok(!JSON.stringify(plain).includes('nothing for'), JSON.stringify(plain))
  })
})
