import assert from 'node:assert/strict'

import { deadlineStatus } from '../../src/session/grpc-status.ts'

describe('a gRPC client that leaves', () => {
  const isDeadline = (timeout: string | undefined, elapsedMs: number, type = 'application/grpc'): boolean =>
    deadlineStatus(
      [['content-type', type], ...(timeout === undefined ? [] : [['grpc-timeout', timeout] as const])],
      elapsedMs,
    ) !== undefined

  it('has come to its deadline when its time is over, in whatever unit', () => {
    for (const [timeout, ms] of [
      ['1S', 1000],
      ['250m', 250],
      ['250000u', 250],
      ['1M', 60_000],
      ['2H', 7_200_000],
    ] as const) {
      assert.ok(isDeadline(timeout, ms), timeout)
      assert.ok(isDeadline(timeout, ms - 20), timeout)
      assert.ok(!isDeadline(timeout, ms - 60), timeout)
    }
  })

  it('without a deadline, or with one that cannot be read, has another reason', () => {
    for (const timeout of [undefined, '', '1', 'S', '1s', '123456789m', '-1S'])
      assert.ok(!isDeadline(timeout, 1e9), timeout)
    assert.ok(!isDeadline('1S', 1e9, 'application/json'))
  })
})
