import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'

import { CassetteMiss, withCassette } from '../../../src/index.ts'
import { testBench } from '../../helpers/cassette-folder.ts'
import { fromRoot } from '../../helpers/shared.ts'
import { type Heard, keys, SOCKET_CLIENTS } from '../../helpers/websocket-clients.ts'
import { type Serve, startWebSocketServer } from '../../helpers/websocket-server.ts'

const echo: Serve = (socket) => {
  socket.on('message', (data) => socket.send(data as Buffer, { binary: false }))
}

describe('a WebSocket if no network is allowed', () => {
  const bench = testBench(() => {})

  it('is replayed in a network namespace without loopback', async function () {
    const { error, status } = spawnSync('unshare', ['-rn', 'true'])
    if (error || status !== 0) this.skip()
    const servers = [await startWebSocketServer(echo), await startWebSocketServer(echo, { tls: keys })]
    const urls = servers.map(({ url }) => `${url}/chat`)
    await withCassette(bench.path(), async () => {
      for (const url of urls) {
        for (const client of SOCKET_CLIENTS) {
          const line = client.open(url)
          await line.next()
          line.send('hello')
          await line.next()
          line.close(1000)
          await line.closed
        }
      }
    })
    for (const server of servers) await server.close()
    const program = fromRoot('test/protocols/programs/replay-sockets.ts')
    const { stdout, stderr } = spawnSync(
      'unshare',
      ['-rn', process.execPath, program, bench.path(), ...urls],
      {
        encoding: 'utf8',
        timeout: 50_000,
      },
    )
    assert.equal(stderr, '')
    const [unanswered, ...heard] = JSON.parse(stdout) as Heard[][]
    assert.match(JSON.stringify(unanswered), /ENETUNREACH/)
    assert.equal(heard.length, 10)
    for (const one of heard)
      assert.deepEqual(one, [
        ['open', ''],
        ['text', 'hello'],
        ['close', 1000, ''],
      ])
  }).timeout(60_000)

  for (const client of SOCKET_CLIENTS) {
    it(`opens no connection for a miss: ${client.name}`, async () => {
      const server = await startWebSocketServer(echo)
      try {
        await withCassette(bench.path(), () => Promise.resolve())
        const run = withCassette(bench.path(), { mode: 'none' }, async () => {
          const line = client.open(`${server.url}/never`)
          while (!['close', 'error'].includes((await line.next())[0]));
        })
        await assert.rejects(run, CassetteMiss)
        assert.equal(server.opened, 0)
      } finally {
        await server.close()
      }
    })
  }
})
