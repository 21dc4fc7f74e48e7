import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'

import {
  CassetteMiss,
  type CassetteOptions,
  type CassetteSession,
  NestedCassetteError,
  openCassette,
  withCassette,
} from '../src/index.ts'
import { testBench } from './helpers/cassette-folder.ts'
import { stopwatch } from './helpers/stopwatch.ts'

const get = async (url: string): Promise<string> => (await fetch(url)).text()
const post = async (url: string, body: unknown): Promise<string> =>
  (
    await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  ).text()

describe('withCassette', () => {
  let counter = 0
  const bench = testBench(async (request, response) => {
    counter++
    const { pathname } = new URL(request.path, 'http://local')
    if (pathname === '/error') {
      response.writeHead(503).end('busy')
      return
    }
    if (pathname === '/moved') {
      response.writeHead(302, { location: '/target' }).end()
      return
    }
    if (pathname === '/slow') await sleep(60)
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ path: request.path, body: request.body.toString(), counter }))
  })
  beforeEach(() => {
    counter = 0
  })

  const record = (fn: (cassette: CassetteSession) => unknown, options: CassetteOptions = {}) =>
    withCassette(bench.path(), { mode: 'once', ...options }, fn)
  const replay = (fn: (cassette: CassetteSession) => unknown, options: CassetteOptions = {}) =>
    withCassette(bench.path(), { mode: 'none', ...options }, fn)

  it('records, and replays without the server', async () => {
    const ask = async () => [await get(bench.url('/a?x=1')), await post(bench.url('/b'), { q: 1, r: 2 })]
    const live = await record(ask)
    await bench.server.close()
    assert.deepEqual(await replay(ask), live)
    assert.equal(counter, 2)
  })

  it('returns the result of the function, synchronous or not, and passes it the session', async () => {
    assert.equal(await record(() => 7), 7)
    const counts = await record(async (cassette) => {
      await get(bench.url('/a'))
      return [cassette.path, cassette.mode, cassette.played]
    })
    assert.deepEqual(counts, [bench.path(), 'once', 0])
    await replay(async (cassette) => {
      assert.deepEqual([cassette.interactions, cassette.played, cassette.recorded], [1, 0, 0])
      await get(bench.url('/a'))
      assert.deepEqual([cassette.interactions, cassette.played, cassette.recorded], [1, 1, 0])
    })
  })

  it('can be called with and without options', async () => {
    await withCassette(bench.path(), () => get(bench.url('/a')))
    assert.match(bench.read() ?? '', /^version: 1$/m)
    await assert.rejects(withCassette(bench.path(), {} as never), /a function as its last argument/)
  })

  it('writes the same bytes except for the date if the same traffic is recorded again', async () => {
    const ask = async () => {
      await Promise.all([get(bench.url('/slow')), get(bench.url('/a')), get(bench.url('/a'))])
    }
    await record(ask)
    const first = bench.read()
    counter = 0
    await record(ask, { mode: 'all' })
    const undated = (text?: string) =>
      text
        ?.replaceAll(/recorded_at: .*/g, '')
        .replaceAll(/(Date: |date: )[^,}\n]*.*GMT'?/g, '')
        .replaceAll(/"?counter"?: \d/g, '')
    assert.equal(undated(bench.read()), undated(first))
  })

  it('keeps the order in which requests started', async () => {
    await record(async () => {
      await Promise.all([get(bench.url('/slow')), get(bench.url('/fast'))])
    })
    const urls = [...(bench.read() ?? '').matchAll(/url: .*\/(slow|fast)/g)].map(([, name]) => name)
    assert.deepEqual(urls, ['slow', 'fast'])
  })

  describe('a miss', () => {
    beforeEach(() => record(() => post(bench.url('/v1/ask'), { q: 'capital of France', n: 1 })))

    it('is thrown even if the function caught it', async () => {
      const bodies: ((error: unknown) => unknown)[] = [
        () => 'a default',
        () => {
          throw new Error('something else')
        },
        () => new Promise(() => {}),
      ]
      for (const body of bodies) {
        const elapsed = stopwatch()
        await assert.rejects(
          replay(() => post(bench.url('/v1/ask'), { q: 'capital of Spain', n: 1 }).catch(body)),
          CassetteMiss,
        )
        assert.ok(elapsed() < 1000)
      }
      assert.equal(counter, 1)
    })

    it('names the request, the cassette, the mode, the recordings, the nearest one, its differences and how to record', async () => {
      const error = await replay(() => post(bench.url('/v1/ask'), { q: 'capital of Spain', n: 1 })).then(
        () => assert.fail('no miss'),
        (thrown: unknown) => thrown,
      )
      assert.ok(error instanceof CassetteMiss)
      assert.equal(error.code, 'CASSETTE_MISS')
      assert.equal(error.mode, 'none')
      assert.equal(error.cassettePath, bench.path())
      assert.equal(error.request.method, 'POST')
      assert.deepEqual(
        error.differences.map(({ recorded, incoming }) => [recorded, incoming]),
        [['capital of France', 'capital of Spain']],
      )
      for (const part of [
        /POST http:\/\/127\.0\.0\.1:\d+\/v1\/ask/,
        /tape\.yaml/,
        /none/,
        /1 of POST \/v1\/ask, 0 played/,
        /"capital of France"/,
        /"capital of Spain"/,
        /CASSETTE_MODE=new_episodes/,
      ])
        assert.match(error.message, part)
      assert.equal(error.stack, `CassetteMiss: ${error.message}`)
    })

    it('names allowPlaybackRepeats if the recording was already played', async () => {
      const again = async () => {
        const ask = () => post(bench.url('/v1/ask'), { q: 'capital of France', n: 1 })
        return [await ask(), await ask()]
      }
      await assert.rejects(replay(again), /played already[^]*allowPlaybackRepeats/)
      const [one, two] = (await replay(again, { allowPlaybackRepeats: true })) as string[]
      assert.equal(one, two)
    })

    it('gives the function time for its finally blocks', async () => {
      let cleaned = false
      await assert.rejects(
        replay(async () => {
          try {
            await post(bench.url('/v1/ask'), { q: 'x' })
          } finally {
            await sleep(30)
            cleaned = true
          }
        }),
        CassetteMiss,
      )
      assert.ok(cleaned)
    })

    it('is listed in the session with all others, in order', async () => {
      await assert.rejects(
        replay(async (cassette) => {
          await get(bench.url('/one')).catch(() => {})
          await get(bench.url('/two')).catch(() => {})
          assert.deepEqual(
            cassette.misses.map(({ request }) => new URL(request.url).pathname),
            ['/one', '/two'],
          )
        }),
        /\/one/,
      )
    })

    it('lets the request go live without recording it, with onMiss passthrough', async () => {
      const before = bench.read()
      await replay(() => get(bench.url('/other')), { onMiss: 'passthrough' })
      assert.equal(counter, 2)
      assert.equal(bench.read(), before)
    })
  })

  describe('an error of the code under test', () => {
    it('is thrown unchanged, and the cassette is marked as incomplete', async () => {
      const boom = new Error('boom')
      await assert.rejects(
        record(async () => {
          await get(bench.url('/a'))
          throw boom
        }),
        (error) => error === boom,
      )
      assert.match(bench.read() ?? '', /^incomplete: true$/m)
      await record(async () => {
        await get(bench.url('/a'))
        await get(bench.url('/b'))
      })
      assert.equal(counter, 2)
      assert.doesNotMatch(bench.read() ?? '', /^incomplete/m)
    })

    it('keeps the old file in mode all', async () => {
      await record(() => get(bench.url('/a')))
      const before = bench.read()
      await assert.rejects(
        record(
          async () => {
            await get(bench.url('/b'))
            throw new Error('boom')
          },
          { mode: 'all' },
        ),
        /boom/,
      )
      assert.equal(bench.read(), before)
    })
  })

  describe('the guard', () => {
    it('refuses a nested cassette, names both, and does not disturb the open one', async () => {
      const result = await record(async () => {
        await assert.rejects(
          withCassette(bench.path('other.yaml'), () => get(bench.url('/x'))),
          (error) =>
            error instanceof NestedCassetteError &&
            /other\.yaml cannot be opened while .*tape\.yaml is, since \d{4}-\d\d-\d\dT[\d:.]+Z: /.test(
              error.message,
            ) &&
            Math.abs(Date.parse(error.openSince) - Date.now()) < 60_000,
        )
        return get(bench.url('/a'))
      })
      assert.match(String(result), /"path":"\/a"/)
      assert.equal(bench.read('other.yaml'), undefined)
    })

    it('refuses a concurrent one at once', async () => {
      const first = record(() => get(bench.url('/slow')))
      await assert.rejects(
        withCassette(bench.path('other.yaml'), () => {}),
        NestedCassetteError,
      )
      await first
      await withCassette(bench.path('other.yaml'), () => get(bench.url('/x')))
    })

    it('lets no straggler reach the network or the next cassette', async () => {
      const warnings: string[] = []
      const onWarning = (warning: Error): void => void warnings.push(warning.message)
      process.on('warning', onWarning)
      let late: Promise<unknown> | undefined
      await record(async () => {
        await get(bench.url('/a'))
        late = sleep(40).then(() => get(bench.url('/late')))
        late.catch(() => {})
      })
      await withCassette(bench.path('next.yaml'), { mode: 'once' }, async () => {
        await get(bench.url('/b'))
        await assert.rejects(late ?? Promise.resolve())
      })
      process.off('warning', onWarning)
      assert.deepEqual(
        bench.server.requests.map(({ path }) => path),
        ['/a', '/b'],
      )
      assert.doesNotMatch(bench.read('next.yaml') ?? '', /late/)
      assert.ok(warnings.some((text) => text.includes('/late') && text.includes('tape.yaml')))
    })

    it('allows a new cassette after any end', async () => {
      await assert.rejects(withCassette(bench.path('x\0y'), () => {}))
      await assert.rejects(
        record(() => Promise.reject(new Error('boom'))),
        /boom/,
      )
      await assert.rejects(withCassette(bench.path(), { mode: 'nope' } as never, () => {}))
      await record(() => get(bench.url('/a')))
    })
  })

  describe('openCassette', () => {
    it('records until it is closed, and can be closed twice', async () => {
      const cassette = await openCassette(bench.path())
      await get(bench.url('/a'))
      await Promise.all([cassette.close(), cassette.close()])
      await get(bench.url('/after'))
      assert.equal(counter, 2)
      assert.doesNotMatch(bench.read() ?? '', /after/)
    })

    it('throws the miss when the session is closed', async () => {
      const cassette = await openCassette(bench.path(), { mode: 'none' })
      await get(bench.url('/a')).catch(() => {})
      await assert.rejects(cassette.close(), CassetteMiss)
      await assert.rejects(async () => {
        const again = await openCassette(bench.path(), { mode: 'none' })
        await get(bench.url('/a')).catch(() => {})
        await again[Symbol.asyncDispose]()
      }, CassetteMiss)
    })
  })
})
