import assert from 'node:assert/strict'

import { startServer, type TestServer } from '../helpers/server.ts'
import { type Ended, makeProject, NODES, type Project } from './project.ts'

describe('recording concurrent tests, retries and tests with their own cassettes', function () {
  this.timeout(60_000)
  let server: TestServer
  let project: Project

  beforeEach(async () => {
    let counter = 0
    server = await startServer((request, response) => {
      response.end(request.path === '/counted' ? String(++counter) : `answer to ${request.path}`)
    })
  })
  afterEach(async () => {
    project.remove()
    await server.close()
  })

  /** Records, checks the cassettes, and replays without any request to the server. */
  async function recordsAndReplays(
    fixture: string,
    args: string[],
    cassettes: Readonly<Record<string, readonly string[]>>,
    node?: string,
  ): Promise<void> {
    project = makeProject(`test/fixtures/runners/${fixture}`)
    const run = (env: Record<string, string> = {}): Promise<Ended> =>
      project.run(args, {
        ...(node === undefined ? {} : { node }),
        env: { PORT: String(server.port), ...env },
      })
    const live = await run()
    assert.equal(live.code, 0, live.output)
    const recorded = project.cassettes().map((name) => {
      const text = project.read(`cassettes/${name}`)
      assert.doesNotMatch(text, /incomplete/, name)
      return [name, [...text.matchAll(/url: '?http:\/\/[^/]+(\/[^',}\s]*)/g)].map(([, path]) => path ?? '')]
    })
    assert.deepEqual(Object.fromEntries(recorded), cassettes, live.output)
    const asked = server.requests.length
    const again = await run({ CI: 'true' })
    assert.equal(again.code, 0, again.output)
    assert.equal(server.requests.length, asked)
  }

  const eight = (name: (i: number) => string, paths: (i: number) => string[]) =>
    Object.fromEntries(Array.from({ length: 8 }, (_, i) => [name(i), paths(i)]))

  const vitest = ['../node_modules/vitest/vitest.mjs', 'run', '--maxConcurrency=3']

  // Both files in one run: a runner takes longer to start than to run them.
  it('vitest: concurrent tests run one after the other, each with its own exchanges, and a retry does not record again', () =>
    recordsAndReplays('vitest-recording', [...vitest, 'retries', 'concurrent'], {
      'retries.test.js/retries--record-once.yaml': ['/counted', '/counted'],
      'retries.test.js/retries--that-are-meant-to-fail.yaml': ['/fails'],
      ...eight(
        (i) => `concurrent.test.js/concurrent--asks-${i}.yaml`,
        (i) => [`/${i}/first`, `/${i}/second`, `/after/asks%20${i}`],
      ),
      'concurrent.test.js/beside-it--asks.yaml': ['/beside'],
      'concurrent.test.js/alone.yaml': ['/alone'],
    }))

  const jest = ['../node_modules/jest/bin/jest.js', '--maxConcurrency=3']

  it('jest: concurrent tests run one after the other, each with its own exchanges, and a retry does not record again', () =>
    recordsAndReplays('jest-recording', [...jest, 'retries', 'concurrent'], {
      'retries.test.js/retries--record-once.yaml': ['/counted', '/counted'],
      'retries.test.js/retries--that-are-meant-to-fail.yaml': ['/fails'],
      'retries.test.js/retries--of-a-concurrent-test.yaml': ['/concurrent'],
      ...eight(
        (i) => `concurrent.test.js/concurrent--asks-${i}.yaml`,
        (i) => [`/${i}/first`, `/${i}/second`],
      ),
      'concurrent.test.js/before.yaml': ['/before'],
      'concurrent.test.js/concurrent--between.yaml': ['/between'],
      'concurrent.test.js/alone.yaml': ['/alone'],
    }))

  it('jest: a test in an ES module opens its own cassettes after useCassette(false)', () =>
    recordsAndReplays('jest-recording', ['--experimental-vm-modules', ...jest, 'own'], {
      'own.test.mjs/has-one-of-the-environment.yaml': ['/environment'],
      'own.yaml': ['/own'],
    }))

  for (const [name, node] of Object.entries(NODES))
    it(`node:test on ${name}: concurrent tests run one after the other, and each has its own exchanges`, () =>
      recordsAndReplays(
        'node-test-recording',
        ['--import', 'cassette/node-test', '--test'],
        {
          ...eight(
            (i) => `concurrent.test.mjs.d/concurrent--asks-${i}.yaml`,
            (i) => [`/${i}/first`, `/${i}/second`, '/after/in-a%20subtest', `/after/asks-${i}`],
          ),
          'concurrent.test.mjs.d/two-at-a-time--the-first.yaml': ['/slow'],
          'concurrent.test.mjs.d/two-at-a-time--waits-for-longer-than-it-may-run.yaml': ['/late'],
          'concurrent.test.mjs.d/two-at-a-time--has-its-turn.yaml': ['/turn'],
        },
        node,
      ))
})
