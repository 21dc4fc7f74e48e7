import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'

import type { ClientOptions } from '@grpc/grpc-js'
import { compressionAlgorithms } from '@grpc/grpc-js'

import { withCassette } from '../../src/index.ts'
import { testBench } from '../helpers/cassette-folder.ts'
import { clientOf, type EchoClient, type EchoServer, startEcho } from './grpc/echo.ts'
import { SCENARIOS } from './grpc/scenarios.ts'
import { networkUse } from './grpc/network-use.ts'

const GZIP: ClientOptions = { 'grpc.default_compression_algorithm': compressionAlgorithms.gzip }

describe('gRPC', () => {
  const bench = testBench(() => {})
  let server: EchoServer | undefined
  afterEach(() => server?.stop())

  for (const secure of [false, true]) {
    for (const [name, run] of Object.entries(SCENARIOS)) {
      it(`${secure ? 'SSL' : 'insecure'}: ${name}`, async () => {
        server = await startEcho(secure)
        const { address } = server
        const once = async (client: EchoClient) => {
          const seen = await run(client)
          client.close()
          return seen
        }
        const direct = await once(server.client())
        const recorded = await withCassette(bench.path(), { mode: 'all' }, () =>
          once(clientOf(address, secure)),
        )
        assert.deepEqual(recorded, direct)
        server.stop()
        const use = networkUse()
        const began = performance.now()
        const replayed = await withCassette(bench.path(), { mode: 'none' }, () =>
          once(clientOf(address, secure)),
        )
        assert.deepEqual(replayed, direct)
        assert.deepEqual(use.stop(), [])
        assert.ok(performance.now() - began < 1500, 'in no time')
        assert.ok(!readFileSync(bench.path(), 'utf8').includes('not-to-be-stored'))
      }).timeout(10_000)
    }
  }
})
