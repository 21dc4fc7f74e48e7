import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import events from 'node:events'
import consumers from 'node:stream/consumers'

import { fromRoot } from '../helpers/shared.ts'

describe('npm run soak', () => {
  it('ends with 1 and names the group that leaks', async () => {
    const args = [
      fromRoot('scripts/soak.ts'),
      '--seconds',
      '1',
      '--only',
      'superagent',
      '--leak',
      'superagent',
    ]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    const [report, [code]] = await Promise.all([consumers.text(child.stdout), events.once(child, 'close')])
    assert.match(report, /^  FAILED soak: superagent: heap grows by \d+ bytes an operation$/m)
    assert.doesNotMatch(report, /hangs/)
    assert.equal(code, 1)
  }).timeout(90_000)
})
