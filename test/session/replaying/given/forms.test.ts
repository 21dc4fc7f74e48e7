import assert from 'node:assert/strict'
import { randomBytes, randomInt } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { mock } from 'node:test'

import { type CassetteOptions, withCassette } from '../../../../src/index.ts'
import { testBench } from '../../../helpers/cassette-folder.ts'
import type { Handler } from '../../../helpers/server.ts'

type Claims = Readonly<Record<string, unknown>>

const DAY_S = 86_400
const encoded = (value: unknown, as: 'base64' | 'base64url' = 'base64url'): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString(as)
const nowS = (): number => Math.floor(Date.now() / 1000)
const random = (): string => randomBytes(12).toString('hex')
const decoded = (text: string): Claims => JSON.parse(Buffer.from(text, 'base64url').toString()) as Claims

/** A value of some form, and what a client reads in it. */
interface Form {
  make(user: string): string
  /** What must be the same in replay, for each user. */
  read(value: string): unknown
  /** What must not be in the file. */
  secret(value: string): string
}

const FORMS: Readonly<Record<string, Form>> = {
  'a JSON Web Token': {
    make: (user) =>
      [
        encoded({ alg: 'RS256', kid: 'k1', typ: 'JWT' }),
        encoded({
          iss: 'https://login.example',
          aud: ['a', 'b'],
          scope: 'read write',
          roles: ['admin'],
          sub: `auth0|${user}${random()}`,
          email: `${user}@example.com`,
          email_verified: true,
          age: 41,
          iat: nowS(),
          exp: nowS() + 3600,
          address: { city: 'Oslo' },
          groups: ['x'],
        }),
        randomBytes(32).toString('base64url'),
      ].join('.'),
    read(value) {
      const [head = '', payload = '', signature = ''] = value.split('.')
      const { iss, aud, scope, roles, iat, exp, ...own } = decoded(payload)
      const times = [Number(iat) - nowS(), Number(exp) - nowS()].map((left) => Math.round(left / 600) + 0)
      const types = Object.entries(own).map(([name, one]) => [
        name,
        Array.isArray(one) ? 'array' : typeof one,
      ])
      assert.match(signature, /^[\w-]+$/)
      return {
        head: decoded(head),
        iss,
        aud,
        scope,
        roles,
        times,
        types: Object.fromEntries(types) as Claims,
      }
    },
    secret: (value) => String(decoded(value.split('.')[1] ?? '')['sub']),
  },
  'an encrypted JSON Web Token': {
    make: () => [encoded({ alg: 'dir', enc: 'A256GCM' }), '', random(), random(), random()].join('.'),
    read: (value) => [decoded(value.split('.')[0] ?? ''), value.split('.').length],
    secret: (value) => value.split('.')[2] ?? '',
  },
  'names and values': {
    make: (user) => `tid=${random()};exp=${nowS() + 3600};sku=${user}-plan;st=dotcom`,
    read(value) {
      const pairs = new Map(value.split(';').map((pair) => pair.split('=') as [string, string]))
      return [[...pairs.keys()], Math.round((Number(pairs.get('exp')) - nowS()) / 600)]
    },
    secret: (value) => /tid=(\w+)/.exec(value)?.[1] ?? '',
  },
  'base64 of JSON': {
    make: (user) => encoded({ user, key: random(), n: 3 }, 'base64'),
    read: (value) => Object.entries(decoded(value)).map(([name, one]) => [name, typeof one]),
    secret: (value) => String(decoded(value)['key']),
  },
  'base64url of text': {
    make: (user) => encoded(`${user}:${random()}?>`),
    read: (value) => Buffer.from(value, 'base64url').toString('base64url') === value,
    secret: (value) => value,
  },
  'a number': {
    make: () => String(randomInt(1e9, 1e10)),
    read: (value) => [value.length, /^\d+$/.test(value), String(Number(value)) === value],
    secret: (value) => value,
  },
}

/** How a client sends a value back: under the name that the server gave it. */
const SENT: Readonly<Record<string, (value: string) => [path: string, init?: RequestInit]>> = {
  'a header': (value) => ['/me', { headers: { authorization: `Bearer ${value}` } }],
  'a form': (value) => ['/me', { method: 'POST', body: new URLSearchParams({ access_token: value }) }],
  JSON: (value) => ['/me', { method: 'POST', body: JSON.stringify({ access_token: value }) }],
}

describe('a value that a server gave has its form in replay', () => {
  let handler: Handler = () => {}
  const bench = testBench((...exchange) => handler(...exchange))
  const play = <T>(fn: () => Promise<T>, options: CassetteOptions = {}): Promise<T> =>
    withCassette(bench.path(), { mode: 'none', ...options }, fn)
  afterEach(() => mock.timers.reset())

  function users({ make }: Pick<Form, 'make'>): Map<string, string> {
    const given = new Map<string, string>()
    handler = ({ path, headers, body }, response) => {
      response.setHeader('content-type', 'application/json')
      const [, name] = /^\/login\/(\w+)/.exec(path) ?? []
      if (name !== undefined) {
        const value = make(name)
        given.set(value, name)
        response.end(JSON.stringify({ access_token: value, note: '{"id": 1}' }))
        return
      }
      const text = decodeURIComponent(`${path} ${headers.authorization} ${body.toString()}`)
      response.end(JSON.stringify({ who: [...given].find(([value]) => text.includes(value))?.[1] }))
    }
    return given
  }
  const json = async (path: string, init?: RequestInit): Promise<Record<string, string>> =>
    (await (await fetch(bench.url(path), init)).json()) as Record<string, string>
  const logIn = async (name: string): Promise<string> => (await json(`/login/${name}`))['access_token'] ?? ''

  for (const [title, form] of Object.entries(FORMS))
    it(`${title}, and tells users apart`, async () => {
      const given = users(form)
      const session = async (...names: string[]): Promise<unknown[]> => {
        const values: string[] = []
        for (const name of names) values.push(await logIn(name))
        assert.equal(new Set(values).size, values.length)
        const log: unknown[] = []
        for (const [index, value] of values.entries()) {
          log.push(form.read(value))
          for (const send of Object.values(SENT)) {
            const { who } = await json(...send(value))
            assert.equal(who, names[index])
          }
        }
        return log
      }
      const live = await withCassette(bench.path(), () => session('ann', 'bob'))
      await bench.server.close()
      const file = bench.read() ?? ''
      for (const value of given.keys()) assert.ok(!file.includes(form.secret(value)), file)
      assert.deepEqual(await play(() => session('bob', 'ann')), live)
      mock.timers.enable({ apis: ['Date'], now: Date.now() + 400 * DAY_S * 1000 })
      assert.deepEqual(await play(() => session('bob', 'ann')), live)
    })

  it('and has the same bytes when it is recorded again', async () => {
    const form = FORMS['a JSON Web Token'] as Form
    const texts: string[] = []
    for (let run = 0; run < 2; run++) {
      users(form)
      await withCassette(bench.path(), { mode: 'all' }, () => logIn('ann'))
      texts.push(
        (bench.read() ?? '').replaceAll(
          /recorded_at: .*|Date: .*|Content-Length: .*|delay_ms: .*|\d{10}/g,
          '',
        ),
      )
    }
    assert.equal(texts[0], texts[1])
  })

  it('also in a cookie, of which a part is sent alone', async () => {
    const id = random()
    handler = ({ path }, response) => {
      const token = [encoded({ alg: 'HS256' }), encoded({ sid: id }), random()].join('.')
      response.setHeader('set-cookie', `session=${token}; Path=/`)
      response.end(path.includes(id) ? 'yours' : 'whose?')
    }
    const run = async (): Promise<string> => {
      const login = await fetch(bench.url('/login'))
      const token = /session=([^;]+)/.exec(login.headers.get('set-cookie') ?? '')?.[1] ?? ''
      const { sid } = decoded(token.split('.')[1] ?? '')
      return (await fetch(bench.url(`/sessions/${String(sid)}`))).text()
    }
    assert.equal(await withCassette(bench.path(), run), 'yours')
    await bench.server.close()
    assert.ok(!(bench.read() ?? '').includes(id))
    assert.equal(await play(run), 'yours')
  })

  it('unless redact.keep names it: then it has its bytes, at any time', async () => {
    const redact = { keep: ['access_token'] }
    const { make } = FORMS['a JSON Web Token'] as Form
    const token = make('ann')
    const given = users({ make: () => token })
    // Another cassette of the process hides it.
    await withCassette(bench.path('hidden.yaml'), () => logIn('ann'))
    await withCassette(bench.path(), { redact }, () => logIn('ann'))
    await bench.server.close()
    mock.timers.enable({ apis: ['Date'], now: Date.now() + DAY_S * 1000 })
    assert.deepEqual([await play(() => logIn('ann'), { redact })], [...given.keys()])
  })

  for (const wrong of [
    'nothing',
    '{REDACTED-1: {jwt: text}}',
    '{REDACTED-1: {digits: -1, at: x}}',
    '{REDACTED-1: 4}',
  ])
    it(`or an error that names the place, if a hand wrote ${wrong}`, async () => {
      users(FORMS['a JSON Web Token'] as Form)
      await withCassette(bench.path(), () => logIn('ann'))
      writeFileSync(bench.path(), (bench.read() ?? '').replace(/forms:[^]*$/, `forms: ${wrong}\n`))
      await assert.rejects(
        play(() => logIn('ann')),
        { message: /tape\.yaml:\d+:\d+[^]*forms by stand-in: jwt, pairs, base64 or digits/ },
      )
    })
})
