import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import http from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

import { CassetteMiss, withCassette } from '../../src/index.ts'
import { testBench } from '../helpers/cassette-folder.ts'
import { fromRoot } from '../helpers/shared.ts'
import { keys, LATE_MS, PLAIN_SENDERS, SENDERS } from './late-senders.ts'

describe('if no network is allowed', () => {
  const bench = testBench(() => {})
  const seen = { connections: 0 }
  let servers: (http.Server | https.Server)[] = []
  const urls = { http: '', https: '' }

  before(async () => {
    const echo: http.RequestListener = (request, response) => void request.pipe(response)
    servers = [http.createServer(echo), https.createServer(keys, echo)]
    for (const server of servers) {
      server.on('connection', () => void seen.connections++)
      server.unref().listen(0, '127.0.0.1')
      await once(server, 'listening')
    }
    const [plain, secure] = servers.map((server) => (server.address() as AddressInfo).port)
    Object.assign(urls, { http: `http://127.0.0.1:${plain}/`, https: `https://127.0.0.1:${secure}/` })
  })
  after(() => {
    for (const server of servers) server.close().closeAllConnections()
  })
  beforeEach(() => {
    seen.connections = 0
  })

  for (const scheme of ['http', 'https'] as const) {
    const senders = scheme === 'http' ? { ...SENDERS, ...PLAIN_SENDERS } : SENDERS
    for (const [name, send] of Object.entries(senders)) {
      it(`a recording answers over ${scheme}: ${name}`, async () => {
        assert.equal(await withCassette(bench.path(), () => send(urls[scheme])), 'first second')
        seen.connections = 0
        assert.equal(
          await withCassette(bench.path(), { mode: 'none' }, () => send(urls[scheme])),
          'first second',
        )
        await sleep(LATE_MS)
        assert.equal(seen.connections, 0)
      }).timeout(4000)

      it(`a miss opens no connection over ${scheme}: ${name}`, async () => {
        const missed = withCassette(bench.path(), { mode: 'none' }, () => send(urls[scheme]))
        await assert.rejects(missed, CassetteMiss)
        await sleep(LATE_MS)
        assert.equal(seen.connections, 0)
      }).timeout(4000)
    }
  }

  it('an unfinished request opens no connection', async () => {
    await withCassette(bench.path(), { mode: 'none' }, async () => {
      const request = http.request(urls.http, { method: 'POST', agent: false })
      request.on('error', () => {})
      await sleep(2 * LATE_MS)
      request.destroy()
      await sleep(LATE_MS)
    })
    assert.equal(seen.connections, 0)
  })

  it('a replay works in a network namespace without loopback', async function () {
    const { error, status } = spawnSync('unshare', ['-rn', 'true'])
    if (error || status !== 0) this.skip()
    const url = urls.http
    await withCassette(bench.path(), async () => {
      for (const send of Object.values(SENDERS)) await send(url)
    })
    const program = fromRoot('test/protocols/programs/replay-late-senders.ts')
    const { stdout, stderr } = spawnSync('unshare', ['-rn', process.execPath, program, bench.path(), url], {
      encoding: 'utf8',
      timeout: 50_000,
    })
    assert.equal(stderr, '')
    const answers = Object.keys(SENDERS).map((name) => [name, 'first second'])
    assert.deepEqual(JSON.parse(stdout), [['without cassette', 'ENETUNREACH'], ...answers])
  }).timeout(60_000)
})
