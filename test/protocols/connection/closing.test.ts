import assert from 'node:assert/strict'

import { withCassette } from '../../../src/index.ts'
import { testBench } from '../../helpers/cassette-folder.ts'

describe('pooled connections that cassette closes', () => {
  const connections = new Set<unknown>()
  const bench = testBench((_, response) => {
    connections.add(response.socket)
    response.end('{"a":1}')
  })

  /** How many connections ten requests, one after the other, open. */
  const opened = async (): Promise<number> => {
    const before = connections.size
    for (let i = 0; i < 10; i++) await (await fetch(bench.url(`/?n=${i}`))).arrayBuffer()
    return connections.size - before
  }

  it('leave the pool as it was: it opens one connection for several requests', async () => {
    await opened()
    assert.ok((await withCassette(bench.path(), { mode: 'all' }, opened)) <= 3, 'while a cassette records')
    assert.ok((await opened()) <= 3, 'when it is closed')
  })
})
