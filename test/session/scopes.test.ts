import assert from 'node:assert/strict'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

import { UnsupportedProtocolError, withCassette } from '../../src/index.ts'
import { testBench } from '../helpers/cassette-folder.ts'

describe('the scope of a cassette', () => {
  const bench = testBench((_, response) => void setTimeout(() => response.end('live'), 20))
  const get = async (url: string): Promise<string> => (await fetch(url)).text()

  it('does not end a server that was started in it: the server answers between cassettes and in the next', async () => {
    let app: http.Server | undefined
    const url = (): string => `http://127.0.0.1:${(app?.address() as AddressInfo | undefined)?.port}/`
    try {
      await withCassette(bench.path(), { mode: 'once' }, async () => {
        app = http.createServer(
          (_, response) =>
            void get(bench.url('/upstream')).then(
              (text) => response.end(text),
              (error: unknown) => response.end(String(error)),
            ),
        )
        await new Promise<void>((resolve) => {
          app?.listen(0, '127.0.0.1', resolve)
        })
        assert.equal(await get(url()), 'live')
      })
      assert.equal(await get(url()), 'live')
      assert.equal(await withCassette(bench.path('next.yaml'), { mode: 'once' }, () => get(url())), 'live')
      assert.match(bench.read('next.yaml') ?? '', /upstream/)
    } finally {
      app?.closeAllConnections()
      app?.close()
    }
  })

  it('warns of a straggler without the secrets of its path', async () => {
    process.env['STRAGGLER_TOKEN'] = 'plain-token-value-99'
    const said: string[] = []
    const onWarning = (warning: Error): void => void said.push(warning.message)
    process.on('warning', onWarning)
    let late: Promise<unknown> | undefined
    await withCassette(bench.path(), { mode: 'once' }, () => {
      late = sleep(30).then(() => get(bench.url('/bot/plain-token-value-99/x?q=1')))
      late.catch(() => {})
    })
    await assert.rejects(late ?? Promise.resolve(), (error: Error) => {
      said.push(String(error.cause))
      return true
    })
    await sleep(5)
    process.off('warning', onWarning)
    delete process.env['STRAGGLER_TOKEN']
    assert.equal(said.length, 2)
    for (const text of said)
      assert.match(text, /GET http:\/\/127\.0\.0\.1:\d+\/bot\/REDACTED\/x was sent after/)
  })

  it('redacts a secret that the program loads while the cassette is open, also after it has changed', async () => {
    await withCassette(bench.path(), { mode: 'once' }, async () => {
      process.env['LATE_API_KEY'] = 'late-secret-value-1234'
      await fetch(bench.url('/a'), { method: 'POST', body: 'key=late-secret-value-1234' })
      process.env['LATE_API_KEY'] = 'another-secret-5678'
      await fetch(bench.url('/b'), { method: 'POST', body: 'late-secret-value-1234 another-secret-5678' })
    })
    delete process.env['LATE_API_KEY']
    assert.doesNotMatch(bench.read() ?? '', /late-secret|another-secret/)
    assert.match(bench.read() ?? '', /REDACTED/)
  })

  it('records a request that its client gave up before it was answered, and replays it without an answer', async () => {
    const ask = () =>
      fetch(bench.url('/slow'), { signal: AbortSignal.timeout(5) }).then(
        () => 'answered',
        (error: unknown) => (error as Error).name,
      )
    assert.equal(await withCassette(bench.path(), { mode: 'once' }, ask), 'TimeoutError')
    await bench.server.close()
    assert.equal(await withCassette(bench.path(), { mode: 'none', strict: true }, ask), 'TimeoutError')
  })

  it('refuses an upgrade to an unknown protocol if no network is allowed, and fails the run even if the error is caught', async () => {
    const open = (): Promise<string> =>
      new Promise((resolve) => {
        const headers = { connection: 'Upgrade', upgrade: 'dialup/1.0' }
        const request = http.get(bench.url('/line'), { headers, agent: false })
        request.on('error', () => resolve('error'))
        request.on('response', (response) => resolve(String(response.resume().statusCode)))
      })
    await assert.rejects(
      withCassette(bench.path(), { mode: 'none' }, open),
      (error) => error instanceof UnsupportedProtocolError && /dialup\/1\.0 to http:/.test(error.message),
    )
    assert.equal(bench.server.requests.length, 0)
    assert.equal(await withCassette(bench.path(), { mode: 'all' }, open), '200')
    assert.equal(bench.read(), undefined, 'passes through, unrecorded')
  })
})
