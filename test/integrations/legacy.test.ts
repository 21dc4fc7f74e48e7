import assert from 'node:assert/strict'

import { startServer, type TestServer } from '../helpers/server.ts'
import { type Ended, makeProject, NODE_24, type Project } from './project.ts'

/** A way to run the example for a city. */
type Way = (city: string, env: Record<string, string>) => Promise<Ended>

describe('the unchanged legacy example records and replays', function () {
  this.timeout(60_000)
  let server: TestServer
  let project: Project

  beforeEach(async () => {
    server = await startServer((request, response) => {
      response.end(JSON.stringify({ text: `sunny, says ${request.path}` }))
    })
    project = makeProject('examples/legacy')
  })
  afterEach(async () => {
    project.remove()
    await server.close()
  })

  async function recordsAndReplays(way: Way, missed: { code: number; output: RegExp }): Promise<void> {
    const env = { WEATHER_URL: server.url }
    const live = await way('Oslo', env)
    assert.equal(live.code, 0, live.output)
    assert.equal(server.requests.length, 1)
    assert.equal(project.cassettes().length, 1)
    await server.close()
    const again = await way('Oslo', { ...env, CASSETTE_MODE: 'none' })
    assert.equal(again.code, 0, again.output)
    const other = await way('Lima', { ...env, CASSETTE_MODE: 'none' })
    assert.equal(other.code, missed.code, other.output)
    assert.match(other.output, missed.output)
  }

  const path = 'cassettes/app.yaml'
  const miss = /no recording answers GET .*\/forecast/

  it('as a program with --require cassette/register', () =>
    recordsAndReplays(
      (city, env) =>
        project.run(['--require', 'cassette/register', 'app.js', city], {
          env: { ...env, CASSETTE_PATH: path },
        }),
      { code: 97, output: miss },
    ))

  it('as a program under cassette run', () =>
    recordsAndReplays(
      (city, env) =>
        project.run(
          ['../node_modules/cassette/dist/cli/main.js', 'run', '--path', path, '--', NODE_24, 'app.js', city],
          { env },
        ),
      { code: 97, output: miss },
    ))

  it('in its tests with cassette/mocha', () =>
    recordsAndReplays(
      (city, env) =>
        project.run(
          ['../node_modules/mocha/bin/mocha.js', '--require', 'cassette/mocha', 'test/weather.test.js'],
          { env: { ...env, CITY: city } },
        ),
      { code: 1, output: /1 failing[^]*CassetteMiss: no recording answers GET/ },
    ))
})
