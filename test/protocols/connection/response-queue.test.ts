import assert from 'node:assert/strict'

import { ResponseQueue } from '../../../src/protocols/connection/response-queue.ts'

const RESPONSE = Buffer.from('HTTP/1.1 204 No Content\r\n\r\n')

/** The processor time for `count` requests that were sent at once, in µs. */
function cost(count: number): number {
  const before = process.cpuUsage()
  const queue = new ResponseQueue()
  for (let i = 0; i < count; i++) void queue.take('GET').live()
  for (let i = 0; i < count; i++) queue.write(RESPONSE)
  const { user } = process.cpuUsage(before)
  return user
}

describe('the queue of responses on a connection', () => {
  it('takes time in proportion to the requests that were sent at once', () => {
    cost(1000)
    const few = cost(2000)
    const many = cost(16_000)
    assert.ok(many < 30 * few, `${few} µs for 2,000, ${many} µs for 16,000`)
  })
})
