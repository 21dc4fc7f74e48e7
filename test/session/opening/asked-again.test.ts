import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'

import { type CassetteOptions, withCassette } from '../../../src/index.ts'
import { testBench } from '../../helpers/cassette-folder.ts'

const random = (): string => randomBytes(16).toString('hex')

describe('credentials that a run which records asks for again', () => {
  let isDown = false
  const codes = new Set<string>()
  const tokens = new Map<string, string>()
  const asked: string[] = []
  const bench = testBench(({ path, headers, body }, response) => {
    asked.push(path)
    response.setHeader('content-type', 'application/json')
    if (path.startsWith('/oauth2/authorize')) {
      const code = random()
      codes.add(code)
      response.writeHead(302, { location: `/callback?code=${code}&state=s` }).end()
    } else if (path === '/oauth2/token') {
      const form = new URLSearchParams(body.toString())
      const code = form.get('code')
      const isKnown = !isDown && (code === null || codes.has(code))
      const access_token = random()
      if (isKnown) tokens.set(access_token, form.get('client_id') ?? '')
      response.statusCode = isKnown ? 200 : 503
      response.end(JSON.stringify(isKnown ? { access_token, expires_in: 3600 } : { error: 'invalid_grant' }))
    } else response.end(JSON.stringify(tokens.get(headers.authorization?.slice(7) ?? '') ?? 'nobody'))
  })
  beforeEach(() => {
    isDown = false
    codes.clear()
    tokens.clear()
    asked.length = 0
  })
  const run = <T>(mode: CassetteOptions['mode'] & string, fn: () => Promise<T>): Promise<T> =>
    withCassette(bench.path(), { mode, onRecordError: 'record' }, fn)

  async function tokenOf(fields: Record<string, string>): Promise<string> {
    const answer = await fetch(bench.url('/oauth2/token'), {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'client_credentials', ...fields }),
    })
    return ((await answer.json()) as { access_token: string }).access_token
  }
  const ask = async (path: string, token: string): Promise<unknown> =>
    (await fetch(bench.url(path), { headers: { authorization: `Bearer ${token}` } })).json()
  const clients =
    (...paths: string[]) =>
    async (): Promise<unknown[]> => {
      const held = [await tokenOf({ client_id: 'one' }), await tokenOf({ client_id: 'two' })]
      const answers: unknown[] = []
      for (const path of paths) for (const token of held) answers.push(await ask(path, token))
      return answers
    }
  const both = ['one', 'two']

  it('are those of now, in their place, with the numbers that they had', async () => {
    assert.deepEqual(await run('once', clients('/a')), both)
    const before = bench.read() ?? ''
    tokens.clear()
    asked.length = 0
    assert.deepEqual(await run('new_episodes', clients('/a', '/b')), [...both, ...both])
    assert.deepEqual(asked, ['/oauth2/token', '/oauth2/token', '/b', '/b'])
    const after = bench.read() ?? ''
    const given = (text: string): string[] =>
      [...text.matchAll(/access_token: (.*?),/g)].map(([, one = '']) => one)
    assert.deepEqual(given(after), given(before))
    assert.notEqual(after.match(/recorded_at.*/)?.[0], before.match(/recorded_at.*/)?.[0])
    await bench.server.close()
    assert.deepEqual(await run('none', clients('/b', '/a')), [...both, ...both])
  })

  it('with what gave what they were asked for with', async () => {
    const flow = (path: string) => async (): Promise<unknown> => {
      const start = await fetch(
        bench.url(`/oauth2/authorize?response_type=code&client_id=me&state=${random()}`),
        {
          redirect: 'manual',
        },
      )
      const code = new URL(start.headers.get('location') ?? '', bench.url('/')).searchParams.get('code') ?? ''
      return ask(path, await tokenOf({ grant_type: 'authorization_code', client_id: 'me', code }))
    }
    assert.equal(await run('once', flow('/a')), 'me')
    codes.clear()
    tokens.clear()
    assert.equal(await run('new_episodes', flow('/b')), 'me')
    await bench.server.close()
    assert.equal(await run('none', flow('/b')), 'me')
    assert.equal(await run('none', flow('/a')), 'me')
  })

  it('stay as they were if the server refuses them now, or nobody asks', async () => {
    await run('once', clients('/a'))
    const tokensIn = (): number => (bench.read() ?? '').split('access_token').length - 1
    await run('new_episodes', async () => (await fetch(bench.url('/other'))).text())
    assert.equal(tokensIn(), 2)
    isDown = true
    await run('new_episodes', async () => void (await tokenOf({ client_id: 'one' })))
    assert.equal(tokensIn(), 2)
    await bench.server.close()
    assert.deepEqual(await run('none', clients('/a')), both)
  })
})
