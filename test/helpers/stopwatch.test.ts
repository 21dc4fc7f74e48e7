import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'

import { stopwatch } from './stopwatch.ts'

describe('the stopwatch of the tests', () => {
  it('counts the wait for a timer', async () => {
    const watch = stopwatch()
    await sleep(300)
    const ms = watch()
    assert.ok(ms > 60, `${ms} ms`)
  })

  it('counts work', () => {
    const watch = stopwatch()
    const start = process.cpuUsage()
    while (process.cpuUsage(start).user < 200_000);
    const ms = watch()
    assert.ok(ms >= 200, `${ms} ms`)
  })

  it('does not count the time in which another process works', () => {
    const watch = stopwatch()
    // Blocks this process, as a busy machine does.
    spawnSync(process.execPath, ['-e', 'setTimeout(() => {}, 500)'])
    const ms = watch()
    assert.ok(ms < 300, `${ms} ms`)
  })

  it('never counts more than the time that has passed', async () => {
    const start = performance.now()
    const watch = stopwatch()
    await sleep(50)
    const ms = watch()
    assert.ok(ms <= performance.now() - start)
  })
})
