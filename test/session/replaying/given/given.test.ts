import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

import { type CassetteOptions, withCassette } from '../../../../src/index.ts'
import { testBench } from '../../../helpers/cassette-folder.ts'
import type { Handler, SeenRequest } from '../../../helpers/server.ts'

const JSON_TYPE = { 'content-type': 'application/json' }
const FORM_TYPE = { 'content-type': 'application/x-www-form-urlencoded' }

interface Way {
  /** How a server gives the value. */
  give(value: string): { headers?: Record<string, string>; body?: string }
  /** How a client finds it. */
  take(response: Response): Promise<string>
  /** How it sends it back. */
  send(value: string): [path: string, init?: RequestInit]
}

const inJson = (name: string): Pick<Way, 'give' | 'take'> => ({
  give: (value) => ({ headers: JSON_TYPE, body: JSON.stringify({ [name]: value }) }),
  take: async (response) => String(((await response.json()) as Record<string, string>)[name]),
})
const inHeader = (name: string): Pick<Way, 'give' | 'take'> => ({
  give: (value) => ({ headers: { [name]: value } }),
  take: async (response) => {
    await response.text()
    return response.headers.get(name) ?? ''
  },
})
const inCookie = (name: string): Pick<Way, 'give' | 'take'> => ({
  give: (value) => ({ headers: { 'set-cookie': `${name}=${value}; Path=/; HttpOnly` } }),
  take: async (response) => {
    await response.text()
    return /=([^;]*)/.exec(response.headers.get('set-cookie') ?? '')?.[1] ?? ''
  },
})

const WAYS: Record<string, Way> = {
  'a token, then a bearer header': {
    ...inJson('access_token'),
    send: (value) => ['/me', { headers: { authorization: `Bearer ${value}` } }],
  },
  'a token, then the password of basic authentication': {
    ...inJson('access_token'),
    send: (value) => ['/me', { headers: { authorization: `Basic ${btoa(`x:${value}`)}` } }],
  },
  'a session token, then a part of the path': {
    ...inJson('session_token'),
    send: (value) => [`/sessions/${value}/items`],
  },
  'a token, then a query value': {
    ...inJson('access_token'),
    send: (value) => [`/items?handle=${encodeURIComponent(value)}&page=1`],
  },
  'a token, then a part of a query value': {
    ...inJson('access_token'),
    send: (value) => [`/items?next=${encodeURIComponent(`/after/${value}`)}`],
  },
  'a token, then a secret query value': {
    ...inJson('access_token'),
    send: (value) => [`/items?access_token=${value}`],
  },
  'a token, then a field of JSON with another name': {
    ...inJson('refresh_token'),
    send: (value) => [
      '/do',
      { method: 'POST', headers: JSON_TYPE, body: JSON.stringify({ a: { handle: value } }) },
    ],
  },
  'a token, then base64 in a body': {
    ...inJson('refresh_token'),
    send: (value) => ['/do', { method: 'POST', body: btoa(`user:${value}`) }],
  },
  'a token, then a form': {
    ...inJson('refresh_token'),
    send: (value) => [
      '/do',
      { method: 'POST', headers: FORM_TYPE, body: `grant_type=refresh_token&refresh_token=${value}` },
    ],
  },
  'a cookie, then the cookie': {
    ...inCookie('sid'),
    send: (value) => ['/me', { headers: { cookie: `theme=dark; sid=${value}` } }],
  },
  'a cookie, then a header and a form field': {
    ...inCookie('csrftoken'),
    send: (value) => [
      '/do',
      {
        method: 'POST',
        headers: { ...FORM_TYPE, 'x-csrftoken': value },
        body: `csrfmiddlewaretoken=${value}`,
      },
    ],
  },
  'a session header, then the header': {
    ...inHeader('mcp-session-id'),
    send: (value) => ['/me', { headers: { 'mcp-session-id': value } }],
  },
  'a conversation header, then the header': {
    ...inHeader('x-conversation-id'),
    send: (value) => ['/me', { headers: { 'x-conversation-id': value } }],
  },
  'a code in a location, then a query value': {
    give: (value) => ({ headers: { location: `/callback?code=${value}` } }),
    take: async (response) => {
      await response.text()
      return new URL(response.headers.get('location') ?? '', response.url).searchParams.get('code') ?? ''
    },
    send: (value) => [`/callback?code=${value}`],
  },
  'a token, then a multipart field': {
    ...inJson('access_token'),
    send(value) {
      const body = new FormData()
      body.set('upload', value)
      return ['/do', { method: 'POST', body }]
    },
  },
}

const VALUES: Record<string, () => string> = {
  long: () => randomBytes(16).toString('hex'),
  short: () => `u${randomBytes(2).toString('hex')}`,
}
/** Where a short value has the same name, or is the whole value of a credential header. */
const SHORT = /cookie, then the cookie|session header|conversation header|bearer|then a form$/

describe('what a server gave', () => {
  let handler: Handler = () => {}
  const bench = testBench((...exchange) => handler(...exchange))
  const play = <T>(fn: () => Promise<T>, options: CassetteOptions = {}): Promise<T> =>
    withCassette(bench.path(), { mode: 'none', ...options }, fn)

  /** Logs users in by name. Whoever sends a value back is told whose it is. */
  function users({ give }: Pick<Way, 'give'>, makeValue: () => string): Map<string, string> {
    const values = new Map<string, string>()
    const sent = ({ path, headers, body }: SeenRequest): string => {
      const text = [decodeURIComponent(path), JSON.stringify(headers), body.toString()].join(' ')
      const encoded = [...text.matchAll(/[\w+/]{8,}={0,2}/g)].map(([run]) =>
        Buffer.from(run, 'base64').toString('latin1'),
      )
      return `${text} ${encoded.join(' ')}`
    }
    handler = async (request, response) => {
      if (request.path.startsWith('/login')) {
        const name = request.path.slice(7)
        const value = makeValue()
        values.set(value, name)
        // The first who asks is answered last.
        await sleep(name === 'Ann' ? 60 : 0)
        const { headers = {}, body = '' } = give(value)
        response.writeHead(200, { ...JSON_TYPE, ...headers }).end(body)
        return
      }
      const text = sent(request)
      const [, name = 'nobody'] = [...values].find(([value]) => text.includes(value)) ?? []
      response.end(name)
    }
    return values
  }
  const logIn = async ({ take }: Way, name: string): Promise<string> =>
    take(await fetch(bench.url(`/login/${name}`)))
  const ask = async ({ send }: Way, value: string): Promise<string> => {
    const [path, init] = send(value)
    return (await fetch(bench.url(path), init)).text()
  }

  for (const [title, way] of Object.entries(WAYS))
    for (const [length, makeValue] of Object.entries(VALUES)) {
      if (length === 'short' && !SHORT.test(title)) continue
      it(`tells sessions apart, and is not in the file: ${title}, ${length}`, async () => {
        const values = users(way, makeValue)
        const recorded = await withCassette(bench.path(), async () => {
          const [ann, bob] = await Promise.all([logIn(way, 'Ann'), logIn(way, 'Bob')])
          return [await ask(way, ann), await ask(way, bob)]
        })
        assert.deepEqual(recorded, ['Ann', 'Bob'])
        const text = readFileSync(bench.path(), 'utf8')
        for (const value of values.keys())
          if (length === 'long')
            assert.ok(!text.includes(value) && !text.includes(btoa(value).slice(0, 20)), text)
        assert.match(text, /REDACTED-1\b[^]*REDACTED-2\b/)
        await bench.server.close()

        assert.deepEqual(
          await play(async () => {
            const [bob, ann] = [await logIn(way, 'Bob'), await logIn(way, 'Ann')]
            return [await ask(way, bob), await ask(way, ann)]
          }),
          ['Bob', 'Ann'],
        )
        // A credential exchange answers as often as it is asked.
        if (title === 'a token, then a form') return
        await assert.rejects(
          play(async () => {
            const ann = await logIn(way, 'Ann')
            return [await ask(way, ann), await ask(way, ann)]
          }),
          { name: 'CassetteMiss' },
          'the answer of Bob is not for Ann',
        )
      })
    }

  it('gets the same numbers when it is recorded again, whoever is answered first', async () => {
    const way = WAYS['a session token, then a part of the path'] as Way
    const run = async (): Promise<string> => {
      users(way, VALUES['long'] as () => string)
      await withCassette(bench.path(), { mode: 'all' }, async () => {
        const [ann, bob] = await Promise.all([logIn(way, 'Ann'), logIn(way, 'Bob')])
        await ask(way, bob)
        await ask(way, ann)
      })
      return readFileSync(bench.path(), 'utf8').replaceAll(/recorded_at: .*|Date: .*|delay_ms: .*/g, '')
    }
    assert.equal(await run(), await run())
  })

  it('gets new numbers when a run adds to the cassette', async () => {
    const way = WAYS['a session header, then the header'] as Way
    users(way, VALUES['long'] as () => string)
    const session = async (name: string): Promise<string> => ask(way, await logIn(way, name))
    await withCassette(bench.path(), () => session('Ann'))
    const both = async (): Promise<string[]> => [await session('Ann'), await session('Bob')]
    assert.deepEqual(await withCassette(bench.path(), { mode: 'new_episodes' }, both), ['Ann', 'Bob'])
    await bench.server.close()
    assert.deepEqual(await play(both), ['Ann', 'Bob'])
    assert.deepEqual(await play(async () => [await session('Bob'), await session('Ann')]), ['Bob', 'Ann'])
  })

  it('is not sent to a server that does not know its stand-in', async () => {
    const way = WAYS['a token, then a bearer header'] as Way
    users(way, VALUES['long'] as () => string)
    await withCassette(bench.path(), async () => ask(way, await logIn(way, 'Ann')))
    const before = bench.read()
    const asked = bench.server.requests.length
    await assert.rejects(
      withCassette(bench.path(), { mode: 'new_episodes' }, async () => {
        const value = await logIn(way, 'Ann')
        await fetch(bench.url('/new'), { headers: { authorization: `Bearer ${value}` } })
      }),
      {
        code: 'CASSETTE_STAND_IN',
        message:
          /GET .*\/new was not sent: .*REDACTED-1, .* interaction 1 \(\w+, GET \/login\/Ann\) .*CASSETTE_MODE=all/,
      },
    )
    assert.equal(bench.server.requests.length, asked)
    assert.equal(bench.read(), before)
  })

  it('of credentials that were asked for twice may come to either who asked', async () => {
    handler = async ({ path, headers }, response) => {
      response.writeHead(200, JSON_TYPE)
      if (path === '/oauth/token') {
        const access_token = randomBytes(16).toString('hex')
        response.end(JSON.stringify({ access_token, expires_in: 3600 }))
      } else response.end(String(headers.authorization?.length))
    }
    const client = async (path: string): Promise<string> => {
      const token = await fetch(bench.url('/oauth/token'), {
        method: 'POST',
        body: new URLSearchParams({ grant_type: 'client_credentials' }),
      })
      const { access_token } = (await token.json()) as { access_token: string }
      const answer = await fetch(bench.url(path), { headers: { authorization: `Bearer ${access_token}` } })
      return `${path} ${await answer.text()}`
    }
    const recorded = await withCassette(bench.path(), async () => [await client('/a'), await client('/b')])
    await bench.server.close()
    assert.deepEqual(await play(async () => [await client('/b'), await client('/a')]), recorded.toReversed())
  })

  it('is the client’s if the client had it before', async () => {
    handler = ({ headers, body }, response) => {
      response.setHeader('x-session-id', headers['x-session-id'] ?? '')
      response.writeHead(200, JSON_TYPE).end(body)
    }
    const id = randomBytes(16).toString('hex')
    const run = async (): Promise<string> => {
      const ask2 = () =>
        fetch(bench.url('/echo'), {
          method: 'POST',
          headers: { ...JSON_TYPE, 'x-session-id': id },
          body: JSON.stringify({ auth_token: id }),
        })
      await (await ask2()).text()
      return (await ask2()).headers.get('x-session-id') ?? ''
    }
    await withCassette(bench.path(), run)
    await bench.server.close()
    assert.equal(await play(run), 'REDACTED')
  })

  it('is nothing that only has the name of a field of token endpoints', async () => {
    const code = 'print(2008 + 1)'
    handler = (_, response) => {
      response.writeHead(200, JSON_TYPE).end(JSON.stringify({ code, arguments: JSON.stringify({ code }) }))
    }
    const get = async (): Promise<unknown> => (await fetch(bench.url('/run'))).json()
    const live = await withCassette(bench.path(), get)
    assert.deepEqual(live, { code, arguments: JSON.stringify({ code }) })
    assert.deepEqual(await withCassette(bench.path(), { mode: 'none' }, get), live)
  })

  it('in a cookie says nothing about a short parameter of the same name', async () => {
    handler = (_, response) => {
      response.writeHead(200, { 'set-cookie': 'a=1; Path=/' }).end('fine')
    }
    const run = async (): Promise<string[]> => {
      const answers = []
      for (const path of ['/set', '/query?a=1&b=2']) answers.push(await (await fetch(bench.url(path))).text())
      return answers
    }
    await withCassette(bench.path(), run)
    await bench.server.close()
    assert.deepEqual(await play(run), ['fine', 'fine'])
  })

  async function isKnownEarly(before: number): Promise<void> {
    const value = randomBytes(16).toString('hex')
    handler = async (request, response) => {
      if (request.path === '/events') {
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        for (let sent = 0; sent < before; sent += 10_000) {
          response.write(`data: ${'x '.repeat(5000)}\n\n`)
          await sleep(1)
        }
        response.write(`data: ${JSON.stringify({ session_token: value })}\n\n`)
        await sleep(150)
      }
      response.end('data: end\n\n')
    }
    const run = async (): Promise<string> => {
      const reader = ((await fetch(bench.url('/events'))).body as ReadableStream<Uint8Array>).getReader()
      let given: string | undefined
      let text = ''
      while (given === undefined) {
        text += Buffer.from((await reader.read()).value ?? []).toString()
        given = /"session_token":"([^"]*)"/.exec(text)?.[1]
      }
      const answer = await (await fetch(bench.url(`/sessions/${given}`))).text()
      const inJournal = bench.read('tape.yaml.journal') ?? ''
      assert.ok(!inJournal.includes(value), inJournal)
      while (!(await reader.read()).done);
      return answer
    }
    assert.equal(await withCassette(bench.path(), run), 'data: end\n\n')
    const text = readFileSync(bench.path(), 'utf8')
    assert.ok(!text.includes(value), text)
    await bench.server.close()
    assert.equal(await play(run), 'data: end\n\n')
  }
  for (const before of [0, 300_000])
    it(`is known while the stream that gives it after ${before} bytes goes on`, () => isKnownEarly(before))

  describe('and its stand-in is not as it was', () => {
    const way = WAYS['a session token, then a part of the path'] as Way
    const session = async (name: string): Promise<string> => ask(way, await logIn(way, name))
    const both = async (): Promise<string[]> => [await session('Ann'), await session('Bob')]
    beforeEach(async () => {
      users(way, VALUES['long'] as () => string)
      await withCassette(bench.path(), both)
      await bench.server.close()
    })
    const edit = (from: string | RegExp, to: string): void =>
      writeFileSync(bench.path(), readFileSync(bench.path(), 'utf8').replace(from, to))

    it('a miss names what a hand changed', async () => {
      edit('session_token: REDACTED-1', 'session_token: mine-by-hand')
      await assert.rejects(play(both), { name: 'CassetteMiss', message: /\/sessions\/mine-by-hand/ })
    })

    it('two equal ones are answered in recorded order', async () => {
      edit('session_token: REDACTED-3', 'session_token: REDACTED-1')
      edit(/sessions\/REDACTED-3/g, 'sessions/REDACTED-1')
      writeFileSync(bench.path(), readFileSync(bench.path(), 'utf8').replaceAll(/^ {4}match: .*\n/gm, ''))
      assert.deepEqual(await play(both), ['Ann', 'Bob'])
    })

    it('one that no answer gave is a miss', async () => {
      await assert.rejects(
        play(() => ask(way, 'REDACTED-77')),
        { name: 'CassetteMiss' },
      )
    })

    it('one of another cassette is as a value that is hidden', async () => {
      const url = (token: string): string => bench.url(`/sessions/${token}/items`)
      writeFileSync(bench.path(), readFileSync(bench.path(), 'utf8').replaceAll(/REDACTED-\d/g, 'REDACTED'))
      writeFileSync(bench.path(), readFileSync(bench.path(), 'utf8').replaceAll(/^ {4}match: .*\n/gm, ''))
      assert.equal(await play(async () => (await fetch(url('REDACTED-5'))).text()), 'Ann')
    })
  })
})
