import assert from 'node:assert/strict'
import { canonicalize } from '../../../../src/matching.ts'
import type { MatchRequest } from '../../../../src/matching.ts'
import { type Case, checkAll, openai, paths, post } from '../../support.ts'

const get = (url: string): MatchRequest => ({ method: 'GET', url })
const send = (body: NonNullable<MatchRequest['body']>, url = 'https://api.example.com/x') => post(url, body)

describe('plain: host', () => {
  const loopback = [
    'localhost:3000',
    '127.0.0.1:1',
    '127.8.9.10',
    '[::1]:8080',
    '0.0.0.0:9',
    'app.localhost',
    'LOCALHOST',
  ]
  checkAll([
    ...loopback.map((host): Case => [
      `${host} is loopback`,
      'same',
      get(`http://${host}/a`),
      get('http://localhost/a'),
    ]),
    [
      'a name that only begins like loopback',
      'different',
      get('http://localhost.example.com/a'),
      get('http://localhost/a'),
    ],
    ['scheme and default port', 'same', get('http://a.example:80/a'), get('https://a.example/a')],
    ['another port', 'different', get('http://a.example:8080/a'), get('http://a.example/a')],
    ['letter case', 'same', get('http://A.example/a'), get('http://a.EXAMPLE/a')],
    [
      'host named for a chat',
      'different',
      openai({}),
      openai({}, 'https://other.example/v1/chat/completions'),
      ['messages', 'host'],
    ],
    ['host of a chat', 'same', openai({}), openai({}, 'https://other.example/v1/chat/completions')],
  ] satisfies Case[])
})

describe('plain: path and query', () => {
  const dropped =
    'api_key access_token client_secret password otp x-amz-date X-Goog-Signature api-version'.split(' ')
  const ambiguous =
    'key token auth sig signature code ticket sid session expires request_id nonce timestamp _'.split(' ')
  const volatile = 'expires request_id nonce timestamp _'.split(' ')
  checkAll([
    ...ambiguous.flatMap((name): Case[] => [
      [
        `${name} in the query, as data`,
        'different',
        get(`https://a.example/x?q=1&${name}=1`),
        get(`https://a.example/x?${name}=2&q=1`),
      ],
      [
        `${name} in the query, random`,
        'same',
        get(`https://a.example/x?q=1&${name}=9f8b2c7d1e4a5f60718293a4`),
        get(`https://a.example/x?${name}=dGhpcyBpcyBzM2NyZXQh&q=1`),
      ],
    ]),
    ...volatile.map((name): Case => [
      `${name} in the query, a time`,
      'same',
      get(`https://a.example/x?q=1&${name}=1764300000123`),
      get(`https://a.example/x?${name}=2025-11-28T10:00:00Z&q=1`),
    ]),
    [
      'a signature beside what it signs with',
      'same',
      get('https://a.example/x?sig=a&se=2025-01-01&sp=r'),
      get('https://a.example/x?sig=b&se=2026-01-01&sp=r'),
    ],
    ...dropped.map((name): Case => [
      `${name} in the query`,
      'same',
      get(`https://a.example/x?q=1&${name}=1`),
      get(`https://a.example/x?${name}=2&q=1`),
    ]),
    ['order of the query', 'same', get('https://a.example/x?a=1&b=2'), get('https://a.example/x?b=2&a=1')],
    [
      'order within a name',
      'different',
      get('https://a.example/x?a=1&a=2'),
      get('https://a.example/x?a=2&a=1'),
    ],
    ['once and twice', 'different', get('https://a.example/x?a=1'), get('https://a.example/x?a=1&a=1')],
    [
      'a dropped name, named',
      'different',
      get('https://a.example/x?key=1'),
      get('https://a.example/x?key=2'),
      ['key', 'query'],
    ],
    ['doubled and trailing slashes', 'same', get('https://a.example//x//y/'), get('https://a.example/x/y')],
    ['an escape of a plain character', 'same', get('https://a.example/%7Ex'), get('https://a.example/~x')],
    [
      'an escaped slash is no slash',
      'different',
      get('https://a.example/a%2Fb'),
      get('https://a.example/a/b'),
    ],
    [
      'an escaped escape is no escape',
      'different',
      get('https://a.example/a%252Fb'),
      get('https://a.example/a%2Fb'),
    ],
    ['a broken escape', 'different', get('https://a.example/%ff'), get('https://a.example/%fe')],
    ['the fragment', 'same', get('https://a.example/x#a'), get('https://a.example/x')],
    [
      "a model's path without a body counts whole",
      'different',
      get('https://x.example/v1beta/models/a:generateContent'),
      get('https://x.example/v1beta/models/b:generateContent'),
    ],
  ] satisfies Case[])
})

const rpc = (fields: Record<string, unknown>): Record<string, unknown> => ({
  jsonrpc: '2.0',
  method: 'm',
  ...fields,
})
const sent = (body: unknown): MatchRequest => send(body as NonNullable<MatchRequest['body']>)

describe('plain: JSON-RPC', () => {
  checkAll([
    ['the id of a request', 'same', sent(rpc({ id: 1 })), sent(rpc({ id: 'x' }))],
    ['a request and a notification', 'different', sent(rpc({ id: 1 })), sent(rpc({}))],
    ['the method', 'different', sent(rpc({ id: 1 })), sent(rpc({ id: 1, method: 'n' }))],
    [
      'ids of a batch',
      'same',
      sent([rpc({ id: 1 }), rpc({ id: 2 })]),
      sent([rpc({ id: 7 }), rpc({ id: 8 })]),
    ],
    [
      'the order of a batch',
      'different',
      sent([rpc({ id: 1 }), rpc({ id: 2, method: 'n' })]),
      sent([rpc({ id: 2, method: 'n' }), rpc({ id: 1 })]),
    ],
    [
      'a progress token',
      'same',
      sent(rpc({ id: 1, params: { a: 1, _meta: { progressToken: 1 } } })),
      sent(rpc({ id: 2, params: { a: 1, _meta: { progressToken: 2 } } })),
    ],
    [
      'the request that is cancelled',
      'same',
      sent(rpc({ method: 'notifications/cancelled', params: { requestId: 1, reason: 'x' } })),
      sent(rpc({ method: 'notifications/cancelled', params: { requestId: 9, reason: 'x' } })),
    ],
    [
      'the id of a reply to the server',
      'different',
      sent({ jsonrpc: '2.0', id: 1, result: {} }),
      sent({ jsonrpc: '2.0', id: 2, result: {} }),
    ],
    [
      'an id that is not of JSON-RPC',
      'different',
      sent({ id: 1, method: 'm' }),
      sent({ id: 2, method: 'm' }),
    ],
    ['an id that matchOn names', 'different', sent(rpc({ id: 1 })), sent(rpc({ id: 2 })), ['id']],
  ] satisfies Case[])
})

describe('plain: bodies', () => {
  const dropped =
    'request_id client_request_id idempotency_key correlation_id trace_id span_id traceparent tracestate nonce timestamp requestId REQUEST-ID'.split(
      ' ',
    )
  const kept = 'user metadata id session_id created_at status usage'.split(' ')
  checkAll([
    ...dropped.flatMap((name): Case[] => [
      [
        `${name} at the top`,
        'same',
        send({ q: 1, [name]: '0d3c1a52-6f0f-4b6e-9a51-0a3f2c9b7d11' }),
        send({ q: 1, [name]: 1764300000 }),
      ],
      [`${name} at the top, as data`, 'different', send({ q: 1, [name]: 'a' }), send({ q: 1, [name]: 'b' })],
    ]),
    ...dropped.map((name): Case => [
      `${name} below`,
      'different',
      send({ q: { [name]: 'a' } }),
      send({ q: { [name]: 'b' } }),
    ]),
    ...kept.map((name): Case => [
      `${name} at the top`,
      'different',
      send({ q: 1, [name]: 'a' }),
      send({ q: 1, [name]: 'b' }),
    ]),
    ['null is data', 'different', send({ a: null }), send({})],
    ['an empty list is data', 'different', send({ a: [] }), send({})],
    ['null, an empty list and an empty object as the body', 'different', send('null'), send('[]')],
    ['a list as the body', 'different', send([1, 2]), send([2, 1])],
    ['a number as the body', 'same', send('1'), send('1.0')],
    ['a string as JSON text and as text', 'different', send('"a"'), send('a')],
    ['the method', 'different', send({}), { ...send({}), method: 'PUT' }],
    [
      'a form in another order of its fields',
      'same',
      { ...send('a=1&b=2'), headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      { ...send('b=2&a=1'), headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    ],
    ['an empty body and none', 'same', send(''), { ...send(''), body: null }],
    [
      'headers',
      'same',
      post('https://a.example/x', { a: 1 }, { authorization: 'a', 'x-tenant': '1' }),
      post('https://a.example/x', { a: 1 }, { accept: '*/*' }),
    ],
    [
      'a header that matchOn names',
      'different',
      post('https://a.example/x', { a: 1 }, { 'X-Tenant': '1' }),
      post('https://a.example/x', { a: 1 }, { 'x-tenant': '2' }),
      ['headers.x-tenant'],
    ],
    [
      'a header that matchOn names adds to what counts',
      'different',
      post('https://a.example/x', { a: 1 }, { 'x-tenant': '1' }),
      post('https://a.example/x', { a: 2 }, { 'x-tenant': '1' }),
      ['headers.X-Tenant'],
    ],
    [
      'a header of a chat that matchOn names',
      'different',
      post(
        'https://a.example/v1/chat/completions',
        { model: 'm', messages: [{ role: 'user', content: 'hi' }] },
        { 'x-tenant': '1' },
      ),
      post(
        'https://a.example/v1/chat/completions',
        { model: 'm', messages: [{ role: 'user', content: 'hi' }] },
        { 'x-tenant': '2' },
      ),
      ['headers.x-tenant', 'model', 'messages'],
    ],
    ['one key of the body', 'same', send({ q: 1, r: 1 }), send({ q: 1, r: 2 }), ['q']],
    ['one key of the body, that one', 'different', send({ q: 1, r: 1 }), send({ q: 2, r: 1 }), ['q']],
    [
      'one key of the body leaves the query out',
      'same',
      send({ q: 1 }, 'https://a.example/x?p=1'),
      send({ q: 1 }, 'https://a.example/x?p=2'),
      ['q'],
    ],
    [
      'a key and the query',
      'different',
      send({ q: 1 }, 'https://a.example/x?p=1'),
      send({ q: 1 }, 'https://a.example/x?p=2'),
      ['q', 'query'],
    ],
    ['an id, named', 'different', send({ nonce: 1 }), send({ nonce: 2 }), ['nonce']],
    ['a key called p is no alias', 'different', send({ p: 1, top_p: 0 }), send({ p: 2, top_p: 0 }), ['p']],
    [
      'a key called constructor',
      'different',
      send('{"constructor":1,"q":1}'),
      send('{"constructor":2,"q":1}'),
      ['constructor'],
    ],
    ['a list made for chats', 'different', send({ q: 1 }), send({ q: 2 }), ['model', 'messages']],
  ] satisfies Case[])

  it('chooses the operation', () => {
    const bodies = [null, '', '{}', '[]', '1', 'text', Uint8Array.of(0xff), '{"a":']
    assert.deepEqual(
      bodies.map((body) => canonicalize({ method: 'POST', url: 'http://a.example', body }).op),
      ['none', 'none', 'generic', 'generic', 'generic', 'binary', 'binary', 'binary'],
    )
  })

  it('names the changed leaf', () => {
    assert.deepEqual(
      paths(
        send({ q: { a: [1, 2] } }, 'https://a.example/x?p=1'),
        send({ q: { a: [1, 3] }, r: 1 }, 'https://b.example/y?p=2&s=1'),
      ),
      ['body.q.a[1]', 'body.r', 'host', 'path', 'query.p', 'query.s'],
    )
  })
})

describe('images and speech', () => {
  const image = (fields: object) =>
    post('https://api.openai.com/v1/images/generations', { model: 'm', prompt: 'p', ...fields })
  const speech = (fields: object) =>
    post('https://api.openai.com/v1/audio/speech', { model: 'm', input: 'p', voice: 'v', ...fields })
  checkAll([
    ['user of an image', 'same', image({ user: 'u' }), image({})],
    ['any other field of an image', 'different', image({ quality: 'low' }), image({})],
    ['a null', 'same', image({ n: null }), image({})],
    ['an image, streamed', 'semantic', image({ stream: true }), image({})],
    ['the speed of speech', 'different', speech({ speed: 2 }), speech({ speed: 1 })],
    ['a list made for chats', 'different', image({}), image({ prompt: 'q' }), ['model', 'messages']],
    ['a list for images', 'same', image({ size: 'a' }), image({ size: 'b' }), ['model', 'prompt']],
    ['another model', 'semantic', speech({}), speech({ model: 'n' })],
  ] satisfies Case[])
})
