import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'

import { type CassetteOptions, withCassette } from '../../../src/index.ts'
import { testBench } from '../../helpers/cassette-folder.ts'
import type { Handler } from '../../helpers/server.ts'

const ANN = '9f8b2c7d1e4a5f60718293a4b5c6d7e8'
const BOB = '0a1b2c3d4e5f60718293a4b5c6d7e8f9'
const JSON_TYPE = { 'content-type': 'application/json' }
const FORM_TYPE = { 'content-type': 'application/x-www-form-urlencoded' }
const basic = (user: string): string => `Basic ${btoa(`${user}:${user}-has-a-password`)}`

/** A request that says who sends it only in what takes no part in the key. */
const WAYS: Record<string, (who: string) => [path: string, init: RequestInit]> = {
  'headers.authorization': (who) => ['/me', { headers: { authorization: `Bearer ${who}` } }],
  'headers.x-api-key': (who) => ['/me', { headers: { 'x-api-key': who } }],
  'headers.cookie.sid': (who) => ['/me', { headers: { cookie: `theme=dark; sid=${who}` } }],
  'query.token': (who) => [`/me?token=${who}`, {}],
  'query.access_token': (who) => [`/me?a=1&access_token=${who}`, {}],
  'body.token': (who) => [
    '/me',
    { method: 'POST', headers: JSON_TYPE, body: JSON.stringify({ token: who }) },
  ],
  'body.user.access_token': (who) => [
    '/me',
    { method: 'POST', headers: JSON_TYPE, body: JSON.stringify({ user: { access_token: who } }) },
  ],
  'body.nonce': (who) => [
    '/me',
    { method: 'POST', headers: JSON_TYPE, body: JSON.stringify({ nonce: who }) },
  ],
  'body.refresh_token': (who) => [
    '/me',
    { method: 'POST', headers: FORM_TYPE, body: `x=1&refresh_token=${who}` },
  ],
}

describe('recordings that differ only in what takes no part in the key', () => {
  const whoAsks: Handler = (request, response) => {
    const text = [request.path, JSON.stringify(request.headers), request.body.toString()].join(' ')
    response.end(text.includes(ANN) ? 'Ann' : text.includes(BOB) ? 'Bob' : 'nobody')
  }
  let handler = whoAsks
  beforeEach(() => {
    handler = whoAsks
  })
  const bench = testBench((...exchange) => handler(...exchange))
  const ask = async ([path, init]: [string, RequestInit]): Promise<string> =>
    (await fetch(bench.url(path), init)).text()
  const play = <T>(fn: () => Promise<T>, options: CassetteOptions = {}): Promise<T> =>
    withCassette(bench.path(), { mode: 'none', ...options }, fn)
  const digests = (): string[] => bench.read()?.match(/^ {4}apart: .*/gm) ?? []

  for (const [place, way] of Object.entries(WAYS))
    it(`are taken by who sends the request, in any order: ${place}`, async () => {
      await withCassette(bench.path(), async () => [await ask(way(ANN)), await ask(way(BOB))])
      assert.equal(digests().length, 2)
      for (const line of digests())
        assert.match(line, new RegExp(`^ {4}apart: \\{${place}: '?[0-9a-f]{6}'?\\}$`))
      assert.ok(!bench.read()?.includes(ANN.slice(0, 12)) || place === 'body.nonce')
      assert.deepEqual(await play(async () => [await ask(way(BOB)), await ask(way(ANN))]), ['Bob', 'Ann'])
      assert.deepEqual(await play(() => Promise.all([BOB, ANN].map((who) => ask(way(who))))), ['Bob', 'Ann'])
    })

  it('are played in recorded order for anybody else: this is never a miss', async () => {
    const way = WAYS['headers.authorization'] as (typeof WAYS)[string]
    await withCassette(bench.path(), async () => [await ask(way(ANN)), await ask(way(BOB))])
    assert.deepEqual(await play(async () => [await ask(way('x')), await ask(way('y'))]), ['Ann', 'Bob'])
    assert.deepEqual(await play(async () => [await ask(way(ANN)), await ask(way(ANN))]), ['Ann', 'Bob'])
  })

  it('answer again by who sends the request, with allowPlaybackRepeats', async () => {
    const way = WAYS['query.token'] as (typeof WAYS)[string]
    await withCassette(bench.path(), async () => [await ask(way(ANN)), await ask(way(BOB))])
    const all = [ANN, BOB, ANN, ANN, BOB, 'c4d5e6f708192a3b4c5d6e7f8091a2b3']
    assert.deepEqual(
      await play(
        () =>
          all.reduce(
            async (done, who) => [...(await done), await ask(way(who))],
            Promise.resolve([] as string[]),
          ),
        {
          allowPlaybackRepeats: true,
        },
      ),
      ['Ann', 'Bob', 'Ann', 'Ann', 'Bob', 'Bob'],
    )
  })

  it('keep in order those of one user', async () => {
    let count = 0
    handler = (request, response) => {
      count += 1
      response.end(`${request.headers.authorization === `Bearer ${ANN}` ? 'Ann' : 'Bob'} ${count}`)
    }
    const way = WAYS['headers.authorization'] as (typeof WAYS)[string]
    const asks =
      (...all: string[]) =>
      async (): Promise<string[]> => {
        const texts: string[] = []
        for (const who of all) texts.push(await ask(way(who)))
        return texts
      }
    await withCassette(bench.path(), asks(ANN, BOB, ANN, BOB))
    assert.deepEqual(await play(asks(BOB, BOB, ANN, ANN)), ['Bob 2', 'Bob 4', 'Ann 1', 'Ann 3'])
  })

  it('are told apart by as few digits as do it, if the value is short or a password', async () => {
    const body = (value: object): [string, RequestInit] => [
      '/me',
      { method: 'POST', headers: JSON_TYPE, body: JSON.stringify(value) },
    ]
    const pairs: ((who: string) => [string, RequestInit])[] = [
      (who) => ['/me', { headers: { authorization: `Bearer ${who}` } }],
      (who) => ['/me', { headers: { authorization: `Basic ${btoa(`ann:${who}`)}` } }],
      (who) => ['/me', { headers: { cookie: `user=${who}` } }],
      (who) => [`/me?password=${who}`, {}],
      (who) => body({ password: who }),
      (who) => body({ authorization: who }),
      (who) => body({ user: [{ pin: who }] }),
      (who) => ['/me', { method: 'POST', headers: FORM_TYPE, body: `password=${who}` }],
    ]
    handler = (request, response) => {
      const { authorization = '', cookie = '' } = request.headers
      const basicText = authorization.startsWith('Basic') ? atob(authorization.slice(6)) : authorization
      const text = [request.path, basicText, cookie, request.body.toString()].join(' ')
      response.end(/right|wrong/.exec(text)?.[0])
    }
    for (const pair of pairs) {
      await withCassette(bench.path(), { mode: 'all' }, async () => [
        await ask(pair('right')),
        await ask(pair('wrong')),
      ])
      assert.equal(digests().length, 2)
      for (const line of digests()) assert.match(line, /^ {4}apart: \{[^ ]+: '?[0-9a-f]{1,2}'?\}$/)
      assert.deepEqual(await play(async () => [await ask(pair('wrong')), await ask(pair('right'))]), [
        'wrong',
        'right',
      ])
    }
  })

  it('have no digests if they do not differ, or if the value is a time or a signature', async () => {
    const twice = async (one: [string, RequestInit], other: [string, RequestInit]): Promise<void> => {
      await withCassette(bench.path(), { mode: 'all' }, async () => [await ask(one), await ask(other)])
      assert.deepEqual(digests(), [], JSON.stringify(one))
    }
    const bearer = (token: string): [string, RequestInit] => ['/me', { headers: { authorization: token } }]
    await twice(bearer(`Bearer ${ANN}`), bearer(`Bearer ${ANN}`))
    await twice(
      [`/me?access_token=a&Signature=${ANN}&Expires=1`, {}],
      [`/me?access_token=a&Signature=${BOB}&Expires=2`, {}],
    )
    await twice(
      ['/me', { headers: { 'idempotency-key': ANN } }],
      ['/me', { headers: { 'idempotency-key': BOB } }],
    )
  })

  it('know the user of basic authentication and the key of an AWS signature, not what is signed', async () => {
    const signed = (key: string, signature: string): [string, RequestInit] => [
      '/me',
      {
        headers: {
          authorization: `AWS4-HMAC-SHA256 Credential=${key}/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=${signature}`,
        },
      },
    ]
    handler = (request, response) => {
      const sent = request.headers.authorization ?? ''
      response.end(/AKIA(\w{4})/.exec(sent)?.[1] ?? atob(sent.slice(6)).split(':')[0])
    }
    const [one, other] = ['AKIAABCDEFGHIJKLMNOP', 'AKIAQRSTUVWXYZ234567']
    await withCassette(bench.path(), async () => [await ask(signed(one, ANN)), await ask(signed(other, ANN))])
    assert.deepEqual(await play(async () => [await ask(signed(other, BOB)), await ask(signed(one, BOB))]), [
      'QRST',
      'ABCD',
    ])
    const user = (name: string): [string, RequestInit] => ['/me', { headers: { authorization: basic(name) } }]
    await withCassette(bench.path(), { mode: 'all' }, async () => [
      await ask(user('ann')),
      await ask(user('bob')),
    ])
    assert.deepEqual(await play(async () => [await ask(user('bob')), await ask(user('ann'))]), ['bob', 'ann'])
  })

  it('may be added later: new_episodes tells the new one apart', async () => {
    const way = WAYS['headers.authorization'] as (typeof WAYS)[string]
    await withCassette(bench.path(), () => ask(way(ANN)))
    await withCassette(bench.path(), { mode: 'new_episodes' }, async () => [
      await ask(way(ANN)),
      await ask(way(BOB)),
    ])
    assert.equal(digests().length, 1)
    assert.deepEqual(await play(async () => [await ask(way(BOB)), await ask(way(ANN))]), ['Bob', 'Ann'])
  })

  it('may have digests that were edited or removed by hand', async () => {
    const way = WAYS['headers.authorization'] as (typeof WAYS)[string]
    await withCassette(bench.path(), async () => [await ask(way(ANN)), await ask(way(BOB))])
    const text = readFileSync(bench.path(), 'utf8')
    writeFileSync(bench.path(), text.replace(/( apart: \{headers.authorization: )[^}]+/, '$1 123456'))
    assert.deepEqual(await play(async () => [await ask(way(BOB)), await ask(way(ANN))]), ['Bob', 'Ann'])
    writeFileSync(bench.path(), text.replace(/ {4}apart: .*\n/g, ''))
    assert.deepEqual(await play(async () => [await ask(way(BOB)), await ask(way(ANN))]), ['Ann', 'Bob'])
    writeFileSync(bench.path(), text.replace(/ apart: .*/, ' apart: [1]'))
    await assert.rejects(
      play(() => ask(way(BOB))),
      /5:12: expected a mapping/,
    )
  })
})
