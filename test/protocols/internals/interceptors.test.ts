import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'

import { fromRoot } from '../../helpers/shared.ts'

describe('protocols/internals', () => {
  it('every detail that it relies on is unchanged (checked in its own process: the patches of this one stay)', () => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [
        fromRoot('node_modules/mocha/bin/mocha.js'),
        '--no-config',
        '--timeout=5000',
        'test/protocols/internals.canary.ts',
      ],
      { cwd: fromRoot('.'), encoding: 'utf8', timeout: 60_000 },
    )
    assert.equal(status, 0, `${stdout}\n${stderr}`)
    assert.match(stdout, /7 passing/)
  }).timeout(60_000)
})
