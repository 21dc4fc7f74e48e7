import assert from 'node:assert/strict'

import { HUNG_UP } from '../../../src/exchange/exchange.ts'
import { deadlineStatus, droppedStatus } from '../../../src/session/recording/grpc-status.ts'

describe('a gRPC client that leaves', () => {
  const isDeadline = (timeout: string | undefined, elapsedMs: number, type = 'application/grpc'): boolean =>
    deadlineStatus(
      [['content-type', type], ...(timeout === undefined ? [] : [['grpc-timeout', timeout] as const])],
      elapsedMs,
    ) !== undefined

  it('has reached its deadline when its time is over, in any unit', () => {
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

  it('has another reason if it has no deadline, or one that cannot be read', () => {
    for (const timeout of [undefined, '', '1', 'S', '1s', '123456789m', '-1S'])
      assert.ok(!isDeadline(timeout, 1e9), timeout)
    assert.ok(!isDeadline('1S', 1e9, 'application/json'))
  })
})

describe('a gRPC client whose server closed the connection', () => {
  it('gets a status for that; a stream that was reset gets none', () => {
    const status = (type: string, code: string) =>
      droppedStatus([['content-type', type]], { name: 'Error', message: '', code, http2Code: 8 })?.[0]
    assert.deepEqual(status('application/grpc', HUNG_UP), ['grpc-status', '14'])
    assert.equal(status('application/grpc', 'ERR_HTTP2_STREAM_ERROR'), undefined)
    assert.equal(status('application/json', HUNG_UP), undefined)
  })
})
