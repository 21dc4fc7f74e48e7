import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'

import { type CassetteOptions, withCassette } from '../../../../src/index.ts'
import { testBench } from '../../../helpers/cassette-folder.ts'

describe('what a server gave in another cassette of the process', () => {
  const users = new Map<string, string>()
  let fixed: string | undefined
  const bench = testBench(({ path, headers, body }, response) => {
    response.setHeader('content-type', 'application/json')
    const [, name] = /^\/login\/(\w+)/.exec(path) ?? []
    if (name !== undefined) {
      const token = fixed ?? randomBytes(16).toString('hex')
      users.set(token, name)
      response.end(JSON.stringify({ session_token: token }))
      return
    }
    const text = `${path} ${headers.authorization} ${body.toString()}`
    response.end(JSON.stringify([...users].find(([token]) => text.includes(token))?.[1] ?? 'nobody'))
  })
  beforeEach(() => {
    users.clear()
    fixed = undefined
  })

  const within = <T>(
    file: string,
    mode: CassetteOptions['mode'] & string,
    fn: () => Promise<T>,
  ): Promise<T> => withCassette(bench.path(file), { mode }, fn)
  async function logIn(name: string): Promise<string> {
    const answer = await fetch(bench.url(`/login/${name}`))
    return ((await answer.json()) as { session_token: string }).session_token
  }
  const ask = async (body: object): Promise<unknown> =>
    (await fetch(bench.url('/me'), { method: 'POST', body: JSON.stringify(body) })).json()

  it('is in no file', async () => {
    const token = await within('login.yaml', 'once', () => logIn('ann'))
    assert.equal(await within('test.yaml', 'once', () => ask({ handle: token, page: 1 })), 'ann')
    await bench.server.close()
    const file = bench.read('test.yaml') ?? ''
    assert.ok(!file.includes(token), file)
    const standIn = await within('login.yaml', 'none', () => logIn('ann'))
    assert.equal(await within('test.yaml', 'none', () => ask({ handle: standIn, page: 1 })), 'ann')
  })

  it('may have a stand-in that is equal to one of this cassette', async () => {
    const test = (ann: string) => async (): Promise<unknown[]> => [
      await ask({ handle: ann, page: 1 }),
      await ask({ handle: await logIn('bob'), page: 2 }),
    ]
    const token = await within('login.yaml', 'once', () => logIn('ann'))
    const bobs = async (): Promise<unknown[]> => {
      const bob = await logIn('bob')
      return [await ask({ handle: token, page: 1 }), await ask({ handle: bob, page: 2 })]
    }
    assert.deepEqual(await within('test.yaml', 'once', bobs), ['ann', 'bob'])
    await bench.server.close()
    const standIn = await within('login.yaml', 'none', () => logIn('ann'))
    assert.deepEqual(await within('test.yaml', 'none', test(standIn)), ['ann', 'bob'])
  })

  it('has a number of its own here if a server gives it here, too', async () => {
    fixed = randomBytes(16).toString('hex')
    const token = await within('login.yaml', 'once', () => logIn('ann'))
    assert.equal(token, fixed)
    const again = async (): Promise<unknown> => ask({ handle: await logIn('ann') })
    await within('test.yaml', 'once', again)
    assert.match(bench.read('test.yaml') ?? '', /handle: REDACTED-1\b/)
    assert.ok(!(bench.read('test.yaml') ?? '').includes(token))
  })

  it('is as it was where redact.keep names its field', async () => {
    fixed = randomBytes(16).toString('hex')
    await within('login.yaml', 'once', () => logIn('ann'))
    const redact = { keep: ['session_token'] }
    await withCassette(bench.path('test.yaml'), { redact }, () => logIn('ann'))
    await bench.server.close()
    assert.equal(
      await withCassette(bench.path('test.yaml'), { redact, mode: 'none' }, () => logIn('ann')),
      fixed,
    )
  })

  it('is not sent to a server by its stand-in', async () => {
    await within('login.yaml', 'once', () => logIn('ann'))
    const standIn = await within('login.yaml', 'none', () => logIn('ann'))
    const asked = bench.server.requests.length
    await assert.rejects(
      within('test.yaml', 'once', () =>
        fetch(bench.url('/me'), { headers: { authorization: `Bearer ${standIn}` } }),
      ),
      {
        code: 'CASSETTE_STAND_IN',
        message: /it carries REDACTED-1, .* GET \/login\/ann\) of .*login\.yaml gave/,
      },
    )
    assert.equal(bench.server.requests.length, asked)
  })
})
