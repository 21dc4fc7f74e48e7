import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

import { fromRoot } from '../../helpers/shared.ts'
import { tempFolder } from '../../helpers/temp-folder.ts'

describe('a process between cassettes', () => {
  const folder = tempFolder()
  after(folder.remove)

  it('behaves like a process that never opened a cassette', () => {
    const run = (how: string): string => {
      const program = fromRoot('test/protocols/programs/idle.ts')
      const ended = spawnSync(process.execPath, [program, how, join(folder.path, 'tape.yaml')], {
        encoding: 'utf8',
      })
      assert.equal(ended.status, 0, ended.stderr)
      return ended.stdout
    }
    const plain = run('plain')
    assert.doesNotMatch(plain, /MSW/, 'no enumerable global of the interceptors')
    assert.match(plain, /backpressure \[true\]/)
    assert.equal(run('idle'), plain)
  })
})
