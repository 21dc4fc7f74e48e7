import assert from 'node:assert/strict'

import { headerValue } from '../../../src/exchange/headers.ts'
import type { Exchange, Frame, FrameContent } from '../../../src/exchange/exchange.ts'
import { redactorOf, requestOf, SECRET } from '../helpers.ts'

const text = (from: Frame['from'], said: string): Frame => ({
  from,
  delayMs: 0,
  kind: 'text',
  data: Buffer.from(said),
})

const exchangeOf = (...frames: Frame[]): Exchange => ({
  recordedAt: '2026-11-21T08:00:00.000Z',
  request: requestOf(null, { url: 'wss://api.example.com/v1/realtime', method: 'GET' }),
  response: { status: 101, headers: [], delayMs: 0, chunks: [], frames },
})

const saidIn = (exchange: Exchange): string[] =>
  (exchange.response?.frames ?? []).map((frame) =>
    'data' in frame ? Buffer.from(frame.data).toString() : JSON.stringify(frame),
  )

describe('the messages of a WebSocket', () => {
  const redactor = redactorOf()

  it('lose known secrets, secrets by name, and secrets that are not in text', () => {
    const frames: Frame[] = [
      text('client', JSON.stringify({ type: 'auth', password: 'hunter2', note: `it is ${SECRET}` })),
      text('server', `plain ${SECRET}`),
      {
        from: 'client',
        delayMs: 0,
        kind: 'binary',
        data: Buffer.from(JSON.stringify({ api_key: 'x1y2z3' })),
      },
      { from: 'server', delayMs: 0, kind: 'binary', data: Buffer.from(`\0\u0001${SECRET}`) },
      { from: 'server', delayMs: 0, kind: 'ping', data: Buffer.from(SECRET) },
      { from: 'server', delayMs: 0, kind: 'close', code: 4000, reason: `no ${SECRET}` },
    ]
    const redacted = saidIn(redactor.exchange(exchangeOf(...frames)))
    assert.deepEqual(redacted, [
      '{"type":"auth","password":"REDACTED","note":"it is REDACTED"}',
      'plain REDACTED',
      '{"api_key":"REDACTED"}',
      '\0\u0001REDACTEDREDACTEDRED',
      'REDACTED',
      '{"from":"server","delayMs":0,"kind":"close","code":4000,"reason":"no REDACTED"}',
    ])
  })

  it('lose a secret that the server sends in pieces', () => {
    const delta = (part: string): Frame =>
      text('server', JSON.stringify({ type: 'delta', index: 0, delta: part }))
    const redacted = saidIn(
      redactor.exchange(
        exchangeOf(
          delta('It is '),
          delta(SECRET.slice(0, 7)),
          text('client', '{"type":"go on"}'),
          delta(SECRET.slice(7)),
        ),
      ),
    )
    assert.deepEqual(redacted, [
      '{"type":"delta","index":0,"delta":"It is "}',
      '{"type":"delta","index":0,"delta":"REDACTED"}',
      '{"type":"go on"}',
      '{"type":"delta","index":0,"delta":""}',
    ])
  })

  it('are redacted the same in the recording and when they arrive', () => {
    const said = [
      JSON.stringify({ token: SECRET, list: [{ client_secret: 'abc' }] }),
      `text ${SECRET}`,
      '{"not": json',
    ]
    const recorded = saidIn(redactor.exchange(exchangeOf(...said.map((one) => text('client', one)))))
    const { request } = exchangeOf()
    const incoming = said.map((one) => {
      const frame: FrameContent = { kind: 'text', data: Buffer.from(one) }
      const redacted = redactor.frame(frame, request)
      return 'data' in redacted ? Buffer.from(redacted.data).toString() : ''
    })
    assert.deepEqual(incoming, recorded)
  })

  it("pass the user's rules too: paths, patterns, functions", () => {
    const upper = (exchange: Exchange): Exchange => {
      const { response } = exchange
      if (!response?.frames) return exchange
      const frames = response.frames.map((frame) =>
        'data' in frame
          ? { ...frame, data: Buffer.from(Buffer.from(frame.data).toString().toUpperCase()) }
          : frame,
      )
      return { ...exchange, response: { ...response, frames } }
    }
    const mine = redactorOf({ json: ['user.email'], patterns: [/cust-\d+/], functions: [upper] })
    const frame = text('client', '{"user":{"email":"a@b.c"},"id":"cust-12"}')
    const wanted = '{"USER":{"EMAIL":"REDACTED"},"ID":"REDACTED"}'
    assert.deepEqual(saidIn(mine.exchange(exchangeOf(frame))), [wanted])
    const incoming = mine.frame(frame, exchangeOf().request)
    assert.equal('data' in incoming && Buffer.from(incoming.data).toString(), wanted)
  })
})

describe('the subprotocols of a WebSocket', () => {
  const redactor = redactorOf()
  const stored = (value: string): string | undefined =>
    headerValue(
      redactor.request(requestOf(null, { headers: [['Sec-WebSocket-Protocol', value]] })).headers,
      'sec-websocket-protocol',
    )

  const lists: readonly [sent: string, kept: string][] = [
    ['graphql-transport-ws', 'graphql-transport-ws'],
    ['realtime, openai-beta.realtime-v1', 'realtime, openai-beta.realtime-v1'],
    [
      'realtime,openai-insecure-api-key.sk-proj-abc_DEF,openai-organization.org-1,openai-project.proj_2',
      'realtime, openai-insecure-api-key.REDACTED, openai-organization.REDACTED, openai-project.REDACTED',
    ],
    [
      'base64url.bearer.authorization.k8s.io.c2VjcmV0, v4.channel.k8s.io',
      'base64url.bearer.authorization.k8s.io.REDACTED, v4.channel.k8s.io',
    ],
    ['Bearer, eyJhbGciOi', 'Bearer, REDACTED'],
    ['access_token, abcdef', 'access_token, REDACTED'],
    [`header-${'eyJob3N0Ijoi'.repeat(6)}, graphql-ws`, 'REDACTED, graphql-ws'],
    [`v1, my-${SECRET}`, 'v1, my-REDACTED'],
  ]
  for (const [sent, kept] of lists) {
    it(`keep their names and lose credentials: ${kept}`, () => {
      assert.equal(stored(sent), kept)
      assert.equal(stored(kept), kept)
    })
  }
})
