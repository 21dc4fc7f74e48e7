import assert from 'node:assert/strict'
import http from 'node:http'
import { gzipSync } from 'node:zlib'

import { type CassetteOptions, withCassette } from '../../src/index.ts'
import { testBench } from '../helpers/cassette-folder.ts'

interface Sent {
  readonly url: string
  readonly body?: string | Buffer
  readonly method?: string
  readonly headers?: Record<string, string>
}

const JSON_TYPE = { 'content-type': 'application/json' }
const PROTOBUF_TYPE = { 'content-type': 'application/x-protobuf' }
const SPANS = '{"resourceSpans":[{"scopeSpans":[]}]}'

const KNOWN: readonly (readonly [Sent, status: number])[] = [
  [{ url: 'http://api.openai.com/v1/traces/ingest' }, 204],
  [{ url: 'http://api.anthropic.com/api/event_logging/batch' }, 200],
  [{ url: 'http://api.smith.langchain.com/runs/batch' }, 202],
  [{ url: 'http://eu.api.smith.langchain.com/runs/multipart' }, 202],
  [
    {
      url: 'http://api.smith.langchain.com/runs/0198f3a2-1111-7222-8333-444455556666',
      method: 'PATCH',
    },
    202,
  ],
  [{ url: 'http://cloud.langfuse.com/api/public/ingestion' }, 207],
  [{ url: 'http://us.cloud.langfuse.com/api/public/ingestion' }, 207],
  [{ url: 'http://us.i.posthog.com/batch/' }, 200],
  [{ url: 'http://o1.ingest.us.sentry.io/api/42/envelope/' }, 200],
  [{ url: 'http://http-intake.logs.datadoghq.eu/api/v2/logs' }, 202],
  [{ url: 'http://api.segment.io/v1/batch' }, 200],
]

const OTLP: readonly Sent[] = [
  { url: '/v1/traces', body: SPANS, headers: JSON_TYPE },
  { url: '/v1/metrics', body: '{"resourceMetrics":[]}', headers: JSON_TYPE },
  {
    url: '/v1/logs',
    body: gzipSync('{"resourceLogs":[]}'),
    headers: { ...JSON_TYPE, 'content-encoding': 'gzip' },
  },
  { url: '/otel/v1/traces', body: Buffer.from([0x0a, 0x02, 0x12, 0x00]), headers: PROTOBUF_TYPE },
]

/** Things that the same hosts answer, or that only look like telemetry. */
const OTHER: readonly Sent[] = [
  { url: 'http://api.openai.com/v1/chat/completions', body: '{}', headers: JSON_TYPE },
  { url: 'http://api.smith.langchain.com/runs/query', body: '{}', headers: JSON_TYPE },
  { url: 'http://api.smith.langchain.com/datasets', method: 'GET' },
  { url: 'http://cloud.langfuse.com/api/public/v2/prompts/greeting', method: 'GET' },
  { url: 'http://us.i.posthog.com/flags/?v=2', body: '{}', headers: JSON_TYPE },
  { url: 'http://evil.example/api/public/ingestion', body: '{}', headers: JSON_TYPE },
  { url: '/v1/traces', body: '{"query":"last hour"}', headers: JSON_TYPE },
  { url: '/v1/logs', body: SPANS, headers: { 'content-type': 'text/plain' } },
  { url: '/v1/traces', method: 'GET' },
]

describe('telemetry', () => {
  const bench = testBench((request, response) => {
    response.statusCode = 299
    response.end(`live ${request.path}`)
  })

  /** Node's client, with every name resolved to the test's server. */
  function send({ url, body = '', method = 'POST', headers = {} }: Sent): Promise<number> {
    const target = new URL(url, bench.url(''))
    target.port = String(bench.server.port)
    const { promise, resolve, reject } = Promise.withResolvers<number>()
    const request = http.request(
      target,
      {
        method,
        headers,
        lookup: (_host, options, told) => {
          if (options.all) told(null, [{ address: '127.0.0.1', family: 4 }])
          else told(null, '127.0.0.1', 4)
        },
      },
      (response) => response.resume().on('end', () => resolve(response.statusCode ?? 0)),
    )
    request.on('error', reject).end(method === 'GET' ? undefined : body)
    return promise
  }

  const run = <T>(
    mode: CassetteOptions['mode'],
    task: () => Promise<T>,
    more: CassetteOptions = {},
  ): Promise<T> => withCassette(bench.path(), { strict: true, ...more, ...(mode && { mode }) }, task)

  for (const [sent, status] of KNOWN)
    it(`of ${sent.method ?? 'POST'} ${sent.url} goes live while recording, is not stored, and succeeds in replay`, async () => {
      assert.equal(await run('once', () => send(sent)), 299)
      assert.equal(bench.server.requests.length, 1)
      assert.doesNotMatch(bench.read() ?? '', /live/)
      await bench.server.close()
      assert.equal(await run('none', () => send(sent)), status)
    })

  for (const sent of OTLP)
    it(`of OTLP at ${sent.url} is known by its body on any host: ${String(sent.headers?.['content-type'])}`, async () => {
      assert.equal(await run('once', () => send(sent)), 299)
      assert.doesNotMatch(bench.read() ?? '', /live/)
      await bench.server.close()
      assert.equal(await run('none', () => send(sent)), 200)
    })

  for (const sent of OTHER)
    it(`is not ${sent.method ?? 'POST'} ${sent.url} with ${String(sent.body ?? 'no body').slice(0, 30)}`, async () => {
      assert.equal(await run('once', () => send(sent)), 299)
      await bench.server.close()
      assert.equal(await run('none', () => send(sent)), 299)
    })

  it('is answered for fetch, many at once, without a server', async () => {
    const post = async (): Promise<number> =>
      (await fetch('https://api.openai.com/v1/traces/ingest', { method: 'POST', body: '{"data":[]}' })).status
    assert.deepEqual(
      await run('none', () => Promise.all(Array.from({ length: 50 }, post))),
      Array.from({ length: 50 }, () => 204),
    )
  })

  it('is recorded like the rest with telemetry: false, and that recording is played later', async () => {
    const [[sent]] = KNOWN as [(typeof KNOWN)[0]]
    assert.equal(await run('once', () => send(sent), { telemetry: false }), 299)
    await bench.server.close()
    assert.equal(await run('none', () => send(sent), { telemetry: false }), 299)
    assert.equal(await run('none', () => send(sent)), 299)
  })

  it('has the addresses that the option adds', async () => {
    const telemetry = ['http://events.example:*/in/*', /\/beacon$/]
    const sent = [{ url: 'http://events.example/in/1' }, { url: '/beacon' }]
    assert.deepEqual(await run('once', () => Promise.all(sent.map(send)), { telemetry }), [299, 299])
    assert.doesNotMatch(bench.read() ?? '', /live/)
    await bench.server.close()
    assert.deepEqual(await run('none', () => Promise.all(sent.map(send)), { telemetry }), [200, 200])
  })
})
