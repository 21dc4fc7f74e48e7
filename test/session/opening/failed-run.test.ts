import assert from 'node:assert/strict'

import { healed } from '../../../src/session/opening/failed-run.ts'
import { type CassetteOptions, withCassette } from '../../../src/index.ts'
import { testBench } from '../../helpers/cassette-folder.ts'

const failing = new Error('the test fails')

describe('a cassette of a run that failed', () => {
  let statuses: Record<string, number[]> = {}
  let asked: string[] = []
  const bench = testBench((request, response) => {
    const { path: url } = request
    asked.push(url)
    response.statusCode = statuses[url]?.shift() ?? 200
    response.end(`${response.statusCode} ${url}`)
  })
  beforeEach(() => {
    statuses = {}
    asked = []
  })
  const get = async (url: string): Promise<string> => (await fetch(bench.url(url))).text()
  const run = async (
    options: CassetteOptions,
    paths: readonly string[],
    error?: Error,
  ): Promise<string[]> => {
    const said: string[] = []
    await withCassette(bench.path(), { onRecordError: 'record', ...options }, async () => {
      for (const path of paths) said.push(await get(path))
      if (error) throw error
    }).catch((thrown: unknown) => {
      if (thrown !== error) throw thrown
    })
    return said
  }
  const order = (): string[] =>
    [...(bench.read() ?? '').matchAll(/url: .*(\/\w+)/g)].map(([, path]) => path ?? '')

  const healsIn = (mode: 'once' | 'new_episodes') => async (): Promise<void> => {
    statuses = { '/b': [401], '/c': [503] }
    await run({ mode }, ['/a', '/b', '/c', '/d'], failing)
    assert.match(bench.read() ?? '', /incomplete: true/)
    asked = []
    assert.deepEqual(await run({ mode }, ['/a', '/b', '/c', '/d']), ['200 /a', '200 /b', '200 /c', '200 /d'])
    assert.deepEqual(asked, ['/b', '/c'])
    assert.deepEqual(order(), ['/a', '/b', '/c', '/d'])
    assert.doesNotMatch(bench.read() ?? '', /incomplete|status: (401|503)/)
  }
  for (const mode of ['once', 'new_episodes'] as const)
    it(
      `in mode ${mode}, errors are asked again and stand in their former places; successes are played`,
      healsIn(mode),
    )

  it('an error that the client followed with a success is played', async () => {
    statuses = { '/a': [429, 429] }
    await run({ mode: 'once' }, ['/a', '/a', '/a'], failing)
    asked = []
    assert.deepEqual(await run({ mode: 'once' }, ['/a', '/a', '/a']), ['429 /a', '429 /a', '200 /a'])
    assert.deepEqual(asked, [])
  })

  it('that fails again keeps the errors that it did not come to', async () => {
    statuses = { '/a': [500, 500], '/b': [500] }
    await run({ mode: 'once' }, ['/a', '/b'], failing)
    await run({ mode: 'once' }, ['/a'], failing)
    assert.deepEqual(order(), ['/a', '/b'])
    assert.match(bench.read() ?? '', /incomplete: true/)
    assert.deepEqual(await run({ mode: 'once' }, ['/b', '/a']), ['200 /b', '200 /a'])
    assert.deepEqual(order(), ['/a', '/b'])
  })

  it('in mode none is played as it is, with one warning, which onRecordError silences', async () => {
    statuses = { '/a': [401], '/b': [503] }
    await run({ mode: 'once' }, ['/a', '/b'], failing)
    asked = []
    const warnings: (Error & { code?: string })[] = []
    const listener = (warning: Error): void => void warnings.push(warning)
    process.on('warning', listener)
    try {
      assert.deepEqual(await run({ mode: 'none', onRecordError: 'warn' }, ['/a', '/b']), ['401 /a', '503 /b'])
      await new Promise((resolve) => {
        setImmediate(resolve)
      })
      assert.equal(warnings.length, 1)
      assert.equal(warnings[0]?.code, 'CASSETTE_PLAYED_ERROR')
      assert.match(warnings[0]?.message ?? '', /status 401, which was recorded at \d{4}-.*CASSETTE_MODE=all/)
      await run({ mode: 'none', onRecordError: 'record' }, ['/a', '/b'])
      await new Promise((resolve) => {
        setImmediate(resolve)
      })
      assert.equal(warnings.length, 1)
    } finally {
      process.off('warning', listener)
    }
    assert.deepEqual(asked, [])
  })

  it('that ended well keeps its errors', async () => {
    statuses = { '/a': [404] }
    await run({ mode: 'once' }, ['/a'])
    asked = []
    assert.deepEqual(await run({ mode: 'once' }, ['/a']), ['404 /a'])
    assert.deepEqual(asked, [])
  })
})

describe('what was recorded in place of failures', () => {
  const former = [
    { key: 'a', text: 'a1', failed: true },
    { key: 'b', text: 'b1', failed: false },
    { key: 'a', text: 'a2', failed: true },
    { key: 'c', text: 'c1', failed: true },
  ]
  it('stands where the first of them stood; what is new comes last', () => {
    const recorded = [
      { key: 'd', text: 'D' },
      { key: 'a', text: 'A1' },
      { key: 'b', text: 'B2' },
      { key: 'a', text: 'A2' },
    ]
    assert.deepEqual(healed(former, recorded, true), ['A1', 'A2', 'b1', 'c1', 'D', 'B2'])
    assert.deepEqual(healed(former, recorded, false), ['A1', 'A2', 'b1', 'D', 'B2'])
  })
})
