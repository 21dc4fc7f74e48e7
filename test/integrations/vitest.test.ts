import assert from 'node:assert/strict'

import { startServer, type TestServer } from '../helpers/server.ts'
import { type Ended, makeProject, type Project, settings } from './project.ts'

describe('cassette/vitest', function () {
  this.timeout(60_000)
  let server: TestServer
  let project: Project

  beforeEach(async () => {
    server = await startServer((request, response) => void response.end(`answer to ${request.path}`))
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

  const opensItsOwn = (pool: string) => async (): Promise<void> => {
    passes(await vitest(['own', pool]))
    assert.deepEqual([urls('own.yaml'), server.requests.length], [['/fetch', '/http'], 2])
    passes(await vitest(['own', pool], { CI: 'true' }))
    assert.equal(server.requests.length, 2)
  }
  for (const pool of settings('--pool=vmThreads', '--pool=forks'))
    it(`lets tests use withCassette after useCassette(false), with ${pool}`, opensItsOwn(pool))
})
