import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { createRedactor, type RedactorOptions } from '../../../src/redaction/redactor.ts'
import { redactorOf, requestOf, SECRET } from '../helpers.ts'

const redacted = (url: string, redact?: RedactorOptions['redact']): string =>
  redactorOf(redact).request(requestOf(null, { url, method: 'GET' })).url

const hash = (name: string, value: string): string =>
  `REDACTED-${createHash('sha256').update(`${name}\0${value}`).digest('hex').slice(0, 12)}`

describe('redacted URLs', () => {
  it('keep scheme, host, port and path', () => {
    for (const url of [
      'https://api.example.com/v1/chat',
      'http://[::1]:8080/',
      'https://x.example',
      'http://a.example/a%20b//c',
    ])
      assert.equal(redacted(url), url)
  })

  it('hide the paths that are secrets by host and path together', () => {
    const id = '9a7b330a-a0f4-4d7c-8b6f-2c1de4f8a111'
    for (const [start, rest] of [
      ['https://hooks.slack.com/services/', 'T12345678/B12345678/abcdefABCDEF123456abcdef'],
      ['https://HOOKS.slack.com:443/triggers/', 'T123456/123456789/abcdefABCDEF123456abcdef'],
      ['https://discord.com/api/webhooks/', '123456789012345678/abcdef_ABCDEF123456abcdef-abcdef'],
      ['https://ptb.discord.com/api/webhooks/', '123456789012345678/abcdef_ABCDEF123456abcdef-abcdef'],
      ['https://acme.webhook.office.com/webhookb2/', `${id}@${id}/IncomingWebhook/0123456789abcdef/${id}`],
      ['https://outlook.office.com/webhook/', `${id}@${id}/IncomingWebhook/0123456789abcdef/${id}`],
      ['https://mainnet.infura.io/v3/', '0123456789abcdef0123456789abcdef'],
      ['https://webhook.site/', id],
    ] as const)
      assert.equal(redacted(start + rest), `${start}REDACTED`)
    for (const url of [
      'https://discord.com/api/v10/channels/123456789012345678/messages',
      'https://api.example/services/T12345678/B12345678',
    ])
      assert.equal(redacted(url), url)
  })

  it('hide userinfo and drop the fragment', () => {
    assert.equal(redacted('https://user:pw@a.example/x#access_token=1'), 'https://REDACTED@a.example/x')
    assert.equal(redacted('https://user@a.example:1/'), 'https://REDACTED@a.example:1/')
    assert.equal(redacted('https://a.example/@x'), 'https://a.example/@x')
  })

  for (const name of `api_key apiKey api-key access_token X-Amz-Signature X-Amz-Date X-Goog-Credential client_secret password user[password] pass pwd otp pin secret subscription-key AWSAccessKeyId`.split(
    /\s+/,
  )) {
    it(`hide ${name} as a credential`, () => {
      assert.equal(redacted(`https://a.example/?${name}=anything`), `https://a.example/?${name}=REDACTED`)
    })
  }

  for (const name of 'key token sig Signature code auth ticket sid session assertion credential user[token]'.split(
    ' ',
  )) {
    it(`hide ${name} as a credential only if its value looks like one`, () => {
      for (const value of [
        '9f8b2c7d1e4a5f60718293a4b5c6d7e8',
        'dGhpcyBpcyBzM2NyZXQh',
        'eyJhbGciOiJSUzI1NiJ9.eyJpYXQiOjF9.c2lnMQ',
      ])
        assert.equal(redacted(`https://a.example/?${name}=${value}`), `https://a.example/?${name}=REDACTED`)
      for (const value of ['FR', 'page2', 'summer-sale-2025-winner'])
        assert.equal(
          redacted(`https://a.example/?${name}=${value}`),
          `https://a.example/?${name}=${hash(name, value)}`,
        )
    })
  }

  for (const name of ['timestamp', 'nonce', 'expires', 'trace_id', 'requestId', '_']) {
    it(`hide ${name} as a constant only if its value is an id or a time of the one request`, () => {
      const clocks = () => [Date.UTC(2025, 10, 28, 7)]
      const at = (value: string): string =>
        createRedactor({ env: {}, clocks }).request(
          requestOf(null, { url: `https://a.example/?${name}=${value}`, method: 'GET' }),
        ).url
      for (const value of [
        '0d3c1a52-6f0f-4b6e-9a51-0a3f2c9b7d11',
        '1764313200',
        '1764315000123',
        '2025-11-28T06:30:00Z',
      ])
        assert.equal(at(value), `https://a.example/?${name}=REDACTED`)
      for (const value of ['one', '1', '1700000000', '2025-11-28T05:30:00Z'])
        assert.equal(at(value), `https://a.example/?${name}=${hash(name, value)}`)
    })
  }

  it('hide every other value as a hash of name and value, so that different values stay different', () => {
    assert.equal(
      redacted('https://a.example/?page=2&q=a+b%2Fc'),
      `https://a.example/?page=${hash('page', '2')}&q=${hash('q', 'a b/c')}`,
    )
    assert.notEqual(redacted('https://a.example/?page=2'), redacted('https://a.example/?page=3'))
    assert.equal(redacted('https://a.example/?q=a%20b%2fc'), redacted('https://a.example/?q=a+b/c'))
  })

  it('keep names, order, repetitions and names without a value', () => {
    assert.equal(
      redacted('https://a.example/?b=1&a&c=&b=2&&'),
      `https://a.example/?b=${hash('b', '1')}&a&c=&b=${hash('b', '2')}&&`,
    )
  })

  it('keep alt, api-version and beta if they have a usual value', () => {
    const url = 'https://a.example/?alt=sse&api-version=2024-12-01-preview&beta=true'
    assert.equal(redacted(url), url)
    assert.equal(
      redacted('https://a.example/?alt=my+note'),
      `https://a.example/?alt=${hash('alt', 'my note')}`,
    )
    assert.equal(redacted('https://a.example/?beta=Jane'), `https://a.example/?beta=${hash('beta', 'Jane')}`)
  })

  it('hide the parameters that sign a URL only if there is a signature', () => {
    assert.equal(redacted('https://a.example/?se=2026&sig=x'), 'https://a.example/?se=REDACTED&sig=REDACTED')
    assert.equal(redacted('https://a.example/?se=2026'), `https://a.example/?se=${hash('se', '2026')}`)
  })

  it('hide a value with a secret of the environment as a constant', () => {
    for (const value of [SECRET, `a${SECRET}b`, encodeURIComponent(`{"x":"${SECRET}"}`), btoa(`u:${SECRET}`)])
      assert.equal(redacted(`https://a.example/?q=${value}`), 'https://a.example/?q=REDACTED')
  })

  it('hide secrets in host, path and names', () => {
    assert.equal(redacted(`https://a.example/bot${SECRET}/send`), 'https://a.example/botREDACTED/send')
    assert.equal(redacted(`https://${SECRET.toLowerCase()}.example.com/`), 'https://redacted.example.com/')
    assert.equal(redacted(`https://a.example/?${SECRET}`), 'https://a.example/?REDACTED')
    assert.equal(
      redacted(`https://a.example/x/${btoa(`u:${SECRET}`)}/y`)
        .split('/')
        .at(-1),
      'y',
    )
  })

  it('hide keys of a known form in the path', () => {
    const token = `123456789:AA${'x'.repeat(33)}`
    assert.equal(
      redacted(`https://api.telegram.org/bot${token}/getMe`),
      'https://api.telegram.org/bot123456789:REDACTED/getMe',
    )
  })

  it('do not change when they are redacted again', () => {
    const once = redacted('https://u:p@a.example/x?page=2&key=1&b&c=#f')
    assert.equal(redacted(once), once)
  })

  it('hide the names of redact.query and show those of redact.keep', () => {
    assert.equal(
      redacted('https://a.example/?Page=2', { query: ['page'] }),
      'https://a.example/?Page=REDACTED',
    )
    assert.equal(
      redacted('https://a.example/?page=2&key=abc', { keep: ['page', 'key'] }),
      'https://a.example/?page=2&key=abc',
    )
    assert.equal(
      redacted(`https://a.example/?key=${SECRET}`, { keep: ['key'] }),
      'https://a.example/?key=REDACTED',
    )
  })
})

describe('the address of a webhook', () => {
  const key = 'aB3dE5fG7hJ9kL1mN3pQ5rS7'
  for (const [url, kept] of [
    [`https://hooks.slack.com/services/T0123/B0123/${key}`, 'https://hooks.slack.com/services/REDACTED'],
    [
      `https://discord.com/api/webhooks/123456789012345678/${key}`,
      'https://discord.com/api/webhooks/REDACTED',
    ],
    [`https://x.webhook.office.com/webhookb2/${key}`, 'https://x.webhook.office.com/webhookb2/REDACTED'],
    ['https://discord.com/api/v10/channels/123456789012345678/messages', undefined],
  ] as const)
    it(`${url} ${kept === undefined ? 'of another kind stays' : 'loses its path'}`, () => {
      const stored = redactorOf(undefined, {}).request(requestOf(null, { method: 'GET', url })).url
      assert.equal(stored, kept ?? url)
    })
})
