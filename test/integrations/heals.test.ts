import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

import { startServer, type TestServer } from '../helpers/server.ts'
import { makeProject, type Project } from './project.ts'

interface Runner {
  readonly name: string
  readonly args: readonly string[]
  /** Whether the runner can run a test that failed once more. */
  readonly retries: boolean
}

const RUNNERS: readonly Runner[] = [
  { name: 'vitest', args: ['../node_modules/vitest/vitest.mjs', 'run'], retries: true },
  { name: 'jest', args: ['../node_modules/jest/bin/jest.js'], retries: true },
  {
    name: 'mocha',
    args: ['../node_modules/mocha/bin/mocha.js', '--require', 'cassette/mocha', 'heals.mocha.mjs'],
    retries: true,
  },
  { name: 'node:test', args: ['--import', 'cassette/node-test', '--test', 'heals.node.mjs'], retries: false },
]

const STATUSES: Readonly<Record<string, number>> = { '/no-key': 401, '/too-many': 429, '/overloaded': 503 }

describe('a first run that failed heals in the second', function () {
  this.timeout(60_000)
  let server: TestServer
  let late: Server | undefined
  let latePort: number
  let project: Project
  let inTrouble = true
  let asked: string[] = []

  beforeEach(async () => {
    inTrouble = true
    asked = []
    let failedOnce = false
    server = await startServer((request, response) => {
      const { path: url } = request
      asked.push(url)
      const fails = url === '/once' && !failedOnce
      if (fails) failedOnce = true
      response.statusCode = fails ? 503 : inTrouble ? (STATUSES[url] ?? 200) : 200
      if (inTrouble && url === '/too-slow') response.write('ri')
      else response.end('right')
    })
    const placeholder = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => {
      placeholder.once('listening', resolve)
    })
    latePort = (placeholder.address() as AddressInfo).port
    placeholder.close()
  })
  afterEach(async () => {
    late?.close()
    project.remove()
    await server.close()
  })

  const heals =
    ({ args, retries }: Runner) =>
    async (): Promise<void> => {
      project = makeProject('test/fixtures/runners/heals')
      const run = (env: Record<string, string> = {}) =>
        project.run(args, {
          env: { PORT: String(server.port), LATE_PORT: String(latePort), RETRIES: '0', ...env },
        })
      const first = await run()
      assert.notEqual(first.code, 0, first.output)
      assert.match(first.output, /answered with status 401.*\n?.*the next one asks again/)
      const retried = asked.filter((url) => url === '/once')
      inTrouble = false
      late = createServer((_, response) => response.end('right')).listen(latePort, '127.0.0.1')
      asked = []
      const played = await run({ CI: 'true' })
      assert.notEqual(played.code, 0, 'mode none plays what is there')
      assert.match(played.output, /CASSETTE_PLAYED_ERROR/)
      assert.deepEqual(asked, [], 'mode none asks no server')

      const second = await run({ RETRIES: '1' })
      assert.equal(second.code, 0, second.output)
      const wanted = new Set(['/no-key', '/overloaded', '/too-many', '/too-slow'])
      assert.deepEqual(
        new Set(asked.filter((url) => url !== '/once')),
        wanted,
        'only what had failed is asked again',
      )
      if (retries) assert.ok(retried.length + asked.filter((url) => url === '/once').length >= 2)
      for (const name of project.cassettes()) {
        const text = project.read(`cassettes/${name}`)
        assert.doesNotMatch(text, /incomplete|failure|status: (401|429|503)/, name)
      }
      const third = await run({ CI: 'true' })
      assert.equal(third.code, 0, third.output)
      assert.doesNotMatch(third.output, /CassetteWarning/)
    }
  for (const runner of RUNNERS) it(`in ${runner.name}`, heals(runner))
})
