import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'

import {
  CassetteMiss,
  type CassetteOptions,
  type CassetteSession,
  configure,
  RecordedErrorResponse,
  StaleCassetteError,
  UnusedInteractionsError,
  withCassette,
} from '../../../src/index.ts'
import { testBench } from '../../helpers/cassette-folder.ts'

const get = async (url: string): Promise<string> => (await fetch(url)).text()

describe('the options of a cassette', () => {
  let counter = 0
  const bench = testBench(async (request, response) => {
    counter++
    const { pathname } = new URL(request.path, 'http://local')
    if (pathname === '/error') {
      response.writeHead(503).end('busy')
      return
    }
    if (pathname === '/moved') {
      response.writeHead(302, { location: '/target' }).end()
      return
    }
    if (pathname === '/slow') await sleep(60)
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ path: request.path, body: request.body.toString(), counter }))
  })
  beforeEach(() => {
    counter = 0
  })

  const record = (fn: (cassette: CassetteSession) => unknown, options: CassetteOptions = {}) =>
    withCassette(bench.path(), { mode: 'once', ...options }, fn)
  const replay = (fn: (cassette: CassetteSession) => unknown, options: CassetteOptions = {}) =>
    withCassette(bench.path(), { mode: 'none', ...options }, fn)

  it('onRecordError: raise rejects and writes nothing, record keeps the response silently, warn warns', async () => {
    await assert.rejects(
      record(() => get(bench.url('/error')), { onRecordError: 'raise' }),
      (error) => error instanceof RecordedErrorResponse && error.status === 503,
    )
    assert.equal(bench.read(), undefined)
    const warnings: string[] = []
    const onWarning = (warning: Error): void => void warnings.push(warning.message)
    process.on('warning', onWarning)
    await record(() => get(bench.url('/error')), { onRecordError: 'record' })
    await sleep(5)
    assert.deepEqual(warnings, [])
    await record(() => get(bench.url('/error')), { mode: 'all' })
    await sleep(5)
    process.off('warning', onWarning)
    assert.ok(warnings.some((text) => /status 503/.test(text)))
    await bench.server.close()
    assert.equal(await replay(() => get(bench.url('/error'))), 'busy')
  })

  it('onRecordError: a redirect is no error, and each hop is an exchange', async () => {
    await record(() => get(bench.url('/moved')), { onRecordError: 'raise' })
    await bench.server.close()
    const text = (await replay(async (cassette) => {
      const answer = await get(bench.url('/moved'))
      assert.equal(cassette.played, 2)
      return answer
    })) as string
    assert.match(text, /"path":"\/target"/)
  })

  it('ignore: lets traffic through unchanged, even if no network is allowed', async () => {
    await record(() => get(bench.url('/a')), { ignore: '127.0.0.1' })
    assert.equal(bench.read(), undefined)
    await replay(() => get(bench.url('/a')), { ignore: ({ url }) => url.endsWith('/a') })
    assert.equal(counter, 2)
  })

  it('beforeRecord changes or drops an exchange, and beforeReplay changes the answer of a client', async () => {
    await record(
      async () => {
        await get(bench.url('/keep'))
        await get(bench.url('/drop'))
      },
      {
        beforeRecord: (exchange) => {
          if (exchange.request.url.endsWith('/drop')) return null
          if (exchange.response) {
            exchange.response.status = 201
            delete exchange.response.headers['Date']
          }
          return exchange
        },
      },
    )
    assert.doesNotMatch(bench.read() ?? '', /drop|Date:/)
    await replay(async () => {
      assert.equal((await fetch(bench.url('/keep'))).status, 201)
    })
    await replay(
      async () => {
        const response = await fetch(bench.url('/keep'))
        assert.deepEqual(await response.json(), { changed: true })
      },
      {
        beforeReplay: (exchange) => {
          if (exchange.response) exchange.response.body = { json: { changed: true } }
          return exchange
        },
      },
    )
    await assert.rejects(
      replay(() => get(bench.url('/keep')), { beforeReplay: () => null }),
      CassetteMiss,
    )
  })

  it('strict fails for recordings that were not played, but only if nothing else failed', async () => {
    await record(async () => {
      await get(bench.url('/a'))
      await get(bench.url('/b'))
    })
    await assert.rejects(
      replay(() => get(bench.url('/a')), { strict: true }),
      (error) =>
        error instanceof UnusedInteractionsError && error.unused.length === 1 && /\/b/.test(error.message),
    )
    await assert.rejects(
      replay(() => Promise.reject(new Error('boom')), { strict: true }),
      /boom/,
    )
  })

  it('maxAge: warn replays, fail refuses, rerecord records', async () => {
    await record(() => get(bench.url('/a')))
    await sleep(15)
    await assert.rejects(
      record(() => {}, { maxAge: 10, onStale: 'fail' }),
      StaleCassetteError,
    )
    await record(() => get(bench.url('/a')), { maxAge: 10 })
    assert.equal(counter, 1)
    await replay(() => get(bench.url('/a')), { maxAge: 10, onStale: 'rerecord' })
    assert.equal(counter, 1)
    await record(() => get(bench.url('/a')), { maxAge: 10, onStale: 'rerecord' })
    assert.equal(counter, 2)
    await record(() => get(bench.url('/a')), { maxAge: '1h', onStale: 'fail' })
    assert.equal(counter, 2)
  })

  it('matchOn: a function is asked in addition to the key', async () => {
    const ask = (id: string) => fetch(bench.url('/a'), { headers: { 'x-tenant': id, accept: `text/${id}` } })
    await record(() => ask('one'))
    await replay(() => ask('two'))
    await assert.rejects(
      replay(() => ask('two'), {
        matchOn: (recorded, incoming) => recorded.headers['accept'] === incoming.headers['accept'],
      }),
      CassetteMiss,
    )
  })

  it('configure sets defaults for all later cassettes', async () => {
    configure({ mode: 'none' })
    try {
      await assert.rejects(
        withCassette(bench.path(), () => get(bench.url('/a'))),
        CassetteMiss,
      )
      assert.throws(() => configure({ modes: 'none' } as never), /modes/)
    } finally {
      configure({ mode: undefined } as never)
    }
  })
})
