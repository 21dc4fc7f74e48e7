import assert from 'node:assert/strict'

import { startServer, type TestServer } from '../helpers/server.ts'
import { type Ended, makeProject, type Project } from './project.ts'

describe('cassette/vitest', function () {
  this.timeout(60_000)
  let server: TestServer
  let project: Project

  beforeEach(async () => {
    let counter = 0
    server = await startServer((request, response) => {
      response.end(request.path === '/counted' ? String(++counter) : `answer to ${request.path}`)
    })
    project = makeProject('test/fixtures/runners/vitest-recording')
  })
  afterEach(async () => {
    project.remove()
    await server.close()
  })

  const vitest = (args: string[], env: Record<string, string> = {}): Promise<Ended> =>
    project.run(['../node_modules/vitest/vitest.mjs', 'run', ...args], {
      env: { PORT: String(server.port), ...env },
    })
  const passes = (ended: Ended): void => assert.equal(ended.code, 0, ended.output)
  const urls = (cassette: string): string[] =>
    [...project.read(`cassettes/${cassette}`).matchAll(/url: '?http:\/\/[^/]+(\/[^',}\s]*)/g)].map(
      ([, path]) => path ?? '',
    )

  it('retries while recording leave each exchange once', async () => {
    passes(await vitest(['retries']))
    assert.deepEqual(urls('retries.test.js/retries--record-once.yaml'), ['/counted', '/counted'])
    assert.deepEqual(urls('retries.test.js/retries--that-are-meant-to-fail.yaml'), ['/fails'])
    for (const name of project.cassettes())
      assert.doesNotMatch(project.read(`cassettes/${name}`), /incomplete/, name)
    const asked = server.requests.length
    passes(await vitest(['retries'], { CI: 'true' }))
    assert.equal(server.requests.length, asked)
  })

  it('concurrent tests run one after the other, each with its own exchanges', async () => {
    passes(await vitest(['concurrent', '--maxConcurrency=3']))
    const file = 'concurrent.test.js'
    assert.equal(project.cassettes().length, 10)
    for (let i = 0; i < 8; i++)
      assert.deepEqual(urls(`${file}/concurrent--asks-${i}.yaml`), [
        `/${i}/first`,
        `/${i}/second`,
        `/after/asks%20${i}`,
      ])
    assert.deepEqual(
      [urls(`${file}/beside-it--asks.yaml`), urls(`${file}/alone.yaml`)],
      [['/beside'], ['/alone']],
    )
    const asked = server.requests.length
    passes(await vitest(['concurrent', '--maxConcurrency=3'], { CI: 'true' }))
    assert.equal(server.requests.length, asked)
  })

  const opensItsOwn = (pool: string) => async (): Promise<void> => {
    passes(await vitest(['own', pool]))
    assert.deepEqual([urls('own.yaml'), server.requests.length], [['/fetch', '/http'], 2])
    passes(await vitest(['own', pool], { CI: 'true' }))
    assert.equal(server.requests.length, 2)
  }
  for (const pool of ['--pool=forks', '--pool=vmThreads'])
    it(`withCassette works in tests after useCassette(false), ${pool}`, opensItsOwn(pool))
})
