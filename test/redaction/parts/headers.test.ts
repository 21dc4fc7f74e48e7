import assert from 'node:assert/strict'
import type { HeaderPairs } from '../../../src/exchange/exchange.ts'
import type { RedactorOptions } from '../../../src/redaction/redactor.ts'
import { exchangeOf, redactorOf, requestOf, SECRET } from '../helpers.ts'

const ofRequest = (headers: HeaderPairs, redact?: RedactorOptions['redact']): HeaderPairs =>
  redactorOf(redact).request(requestOf(null, { headers })).headers

const ofResponse = (headers: HeaderPairs, redact?: RedactorOptions['redact']): HeaderPairs =>
  redactorOf(redact).exchange({
    ...exchangeOf(''),
    response: { status: 200, headers, delayMs: 0, chunks: [], trailers: headers },
  }).response?.trailers ?? []

describe('request headers', () => {
  it('are stored only if they tell the format or the version of the API', () => {
    const kept: HeaderPairs = [
      ['Content-Type', 'application/json'],
      ['content-encoding', 'gzip'],
      ['accept', '*/*'],
      ['anthropic-version', '2023-06-01'],
      ['anthropic-beta', 'x,y'],
      ['openai-beta', 'assistants=v2'],
      ['X-Amz-Target', 'Service.Operation'],
    ]
    const dropped: HeaderPairs = [
      ['authorization', 'Bearer x'],
      ['x-api-key', 'x'],
      ['cookie', 'a=b'],
      ['user-agent', 'x'],
      ['x-stainless-os', 'Linux'],
      ['openai-organization', 'org'],
      ['x-custom', 'x'],
      ['host', 'x'],
    ]
    assert.deepEqual(ofRequest([...kept, ...dropped]), kept)
  })

  it('lose known secrets if they are stored', () => {
    assert.deepEqual(ofRequest([['accept', `x/${SECRET}`]]), [['accept', 'x/REDACTED']])
  })

  it('are also stored if redact.keep names them in any spelling, without known secrets', () => {
    const keep = ['User-Agent', 'x_custom', 'authorization']
    assert.deepEqual(
      ofRequest(
        [
          ['user-agent', 'me/1'],
          ['X-Custom', SECRET],
          ['authorization', 'Bearer abcdefghijklmnopqrstuvwxyz0123'],
        ],
        { keep },
      ),
      [
        ['user-agent', 'me/1'],
        ['X-Custom', 'REDACTED'],
        ['authorization', 'Bearer abcdefghijklmnopqrstuvwxyz0123'],
      ],
    )
  })

  it('are hidden by redact.headers if they are stored, and are not stored because of it', () => {
    assert.deepEqual(
      ofRequest(
        [
          ['Accept', 'x'],
          ['x-tenant', 'y'],
        ],
        { headers: ['accept', 'X-Tenant'] },
      ),
      [['Accept', 'REDACTED']],
    )
  })
})

describe('response headers and trailers', () => {
  for (const name of `authorization Proxy-Authorization x-api-key api-key x-goog-api-key cookie x-amz-security-token openai-organization openai-project anthropic-organization-id x-goog-user-project xi-api-key ocp-apim-subscription-key x-auth-token x-csrf-token x-vault-token private-token x-refresh-token X-Functions-Key mcp-session-id x-amzn-remapped-authorization x-client-secret x-account-id`.split(
    /\s+/,
  )) {
    it(`hide the value of ${name}`, () =>
      assert.deepEqual(ofResponse([[name, 'value']]), [[name, 'REDACTED']]))
  }

  it('do not change all others', () => {
    const headers: HeaderPairs = [
      ['Date', 'Tue, 19 Aug 2025 05:24:58 GMT'],
      ['x-request-id', 'req_1'],
      ['x-ratelimit-remaining-tokens', '100'],
      ['x-amzn-bedrock-input-token-count', '5'],
      ['num_tokens', '5'],
      ['surrogate-key', 'a b'],
      ['x-continuation-token', 'abc'],
      ['www-authenticate', 'Bearer realm="x"'],
      ['etag', 'W/"abc"'],
      ['content-length', '5'],
    ]
    assert.deepEqual(ofResponse(headers), headers)
  })

  it('keep a cookie without its value', () => {
    assert.deepEqual(
      ofResponse([
        ['Set-Cookie', 'sid=abc=def; Path=/; HttpOnly; Expires=Wed, 21 Oct 2026 07:28:00 GMT'],
        ['set-cookie', 'gone=; Max-Age=0'],
        ['set-cookie', 'odd'],
      ]),
      [
        ['Set-Cookie', 'sid=REDACTED; Path=/; HttpOnly; Expires=Wed, 21 Oct 2026 07:28:00 GMT'],
        ['set-cookie', 'gone=; Max-Age=0'],
        ['set-cookie', 'REDACTED'],
      ],
    )
  })

  it('are redacted as URLs if they are URLs', () => {
    const redacted = ofResponse([
      ['location', '/v1/calls/rtc_1?token=9f8b2c7d1e4a5f60718293a4#f'],
      ['Location', 'https://u:p@a.example/?code=9f8b2c7d1e4a5f60718293a4'],
      [
        'link',
        '<https://a.example/?key=9f8b2c7d1e4a5f60718293a4>; rel="next", </x?sig=9f8b2c7d1e4a5f60718293a4>; rel=prev',
      ],
      ['refresh', '5; url=https://a.example/?key=9f8b2c7d1e4a5f60718293a4'],
      ['x-where', 'https://a.example/?key=9f8b2c7d1e4a5f60718293a4'],
    ])
    assert.deepEqual(
      redacted.map(([, value]) => value),
      [
        '/v1/calls/rtc_1?token=REDACTED',
        'https://REDACTED@a.example/?code=REDACTED',
        '<https://a.example/?key=REDACTED>; rel="next", </x?sig=REDACTED>; rel=prev',
        '5; url=https://a.example/?key=REDACTED',
        'https://a.example/?key=REDACTED',
      ],
    )
  })

  it('have links that lead a client to the recorded request', () => {
    const redactor = redactorOf()
    const live = 'https://a.example/items?page=2&cursor=abc'
    const link = ofResponse([['location', live]])[0]?.[1] ?? ''
    const request = (url: string) => redactor.request(requestOf(null, { url, method: 'GET' }))
    assert.deepEqual(request(link), request(live))
  })

  it('lose known secrets anywhere', () => {
    assert.deepEqual(ofResponse([['x-echo', `a ${SECRET} b ${btoa(`u:${SECRET}`)}`]]), [
      ['x-echo', `a REDACTED b ${btoa('u:REDACTED..')}`],
    ])
  })

  it('are also hidden by redact.headers, and shown by redact.keep', () => {
    const headers: HeaderPairs = [
      ['x-user', 'jane'],
      ['openai-organization', 'org-1'],
    ]
    assert.deepEqual(ofResponse(headers, { headers: ['X-User'], keep: ['openai-organization'] }), [
      ['x-user', 'REDACTED'],
      ['openai-organization', 'org-1'],
    ])
  })
})
