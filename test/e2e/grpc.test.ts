import assert from 'node:assert/strict'

import { withCassette } from '../../src/index.ts'
import { testBench } from '../helpers/cassette-folder.ts'
import { clientOf, type EchoClient, type EchoServer, type Seen, startEcho } from './grpc/echo.ts'
import { networkUse } from './grpc/network-use.ts'
import { SCENARIOS } from './grpc/scenarios.ts'
import { stopwatch } from '../helpers/stopwatch.ts'

/** The time limit of a replay, ms: what a busy machine needs for 8 MB, without any waiting. */
const REPLAY_MS = 5000

for (const secure of [false, true]) {
  describe(`gRPC ${secure ? 'over TLS' : 'without TLS'} is recorded, and replays without the server`, () => {
    const bench = testBench(() => {})
    const current: { server?: EchoServer } = {}
    beforeEach(async () => {
      current.server = await startEcho(secure)
    })
    afterEach(() => current.server?.stop())

    async function sees(run: (client: EchoClient) => Promise<Seen>): Promise<Seen> {
      const client = clientOf(current.server?.address ?? '', secure)
      const seen = await run(client)
      client.close()
      return seen
    }

    for (const [name, run] of Object.entries(SCENARIOS)) {
      it(name, async () => {
        const direct = await sees(run)
        const recorded = await withCassette(bench.path(), { mode: 'all' }, () => sees(run))
        assert.deepEqual(recorded, direct)
        current.server?.stop()
        const use = networkUse()
        const elapsed = stopwatch()
        const replayed = await withCassette(bench.path(), { mode: 'none' }, () => sees(run))
        assert.deepEqual(replayed, direct)
        assert.deepEqual(use.stop(), [])
        assert.ok(elapsed() < REPLAY_MS, `${elapsed()} ms`)
        assert.ok(!bench.read()?.includes('not-to-be-stored'))
      }).timeout(60_000)
    }
  })
}
