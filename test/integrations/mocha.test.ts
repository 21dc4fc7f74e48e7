import assert from 'node:assert/strict'

import { startServer, type TestServer } from '../helpers/server.ts'
import { type Ended, makeProject, type Project } from './project.ts'

interface Report {
  readonly failures: readonly { readonly fullTitle: string; readonly err: { readonly message?: string } }[]
  readonly passes: readonly { readonly fullTitle: string }[]
}

describe('cassette/mocha', function () {
  this.timeout(60_000)
  let server: TestServer
  let project: Project
  let counter = 0

  before(async () => {
    server = await startServer((_request, response) => void response.end(String(++counter)))
    project = makeProject('test/fixtures/runners/mocha-cases')
  })
  after(async () => {
    project.remove()
    await server.close()
  })

  const mocha = (files: string[], env: Record<string, string> = {}, more: string[] = []): Promise<Ended> =>
    project.run(
      [
        '../node_modules/mocha/bin/mocha.js',
        '--require',
        'cassette/mocha',
        ...more,
        '--reporter',
        'json',
        ...files,
      ],
      { env: { PORT: String(server.port), ...env } },
    )
  const reportOf = (ended: Ended): Report => {
    assert.ok(ended.stdout.includes('{'), ended.output)
    return JSON.parse(ended.stdout.slice(ended.stdout.indexOf('{'))) as Report
  }

  it('fails exactly the tests that have a miss, however they end', async () => {
    const ended = await mocha(['cases.test.js'], { CASSETTE_MODE: 'none' })
    const { failures, passes } = reportOf(ended)
    const failed = failures.map(({ fullTitle }) => fullTitle)
    const passed = passes.map(({ fullTitle }) => fullTitle)
    assert.deepEqual(
      failed.filter((title) => !title.includes('FAILS')),
      [],
      ended.output,
    )
    assert.deepEqual(
      passed.filter((title) => !title.includes('passes')),
      [],
      ended.output,
    )
    const reason = (title: string): RegExp => {
      if (title.endsWith('left open FAILS: a timeout')) return /^Timeout of 200ms exceeded/
      if (title.endsWith('not awaited')) return /^The test has ended and left cassettes\/own\.yaml open/
      return /^no recording answers GET/
    }
    for (const { fullTitle, err } of failures) assert.match(err.message ?? '', reason(fullTitle), fullTitle)
    assert.equal(failed.length, 16, failed.join('\n'))
    assert.equal(passed.length, 12, passed.join('\n'))
    assert.equal(server.requests.length, 0)
  })

  it('does not change what the afterEach hooks of a test see and do', async () => {
    const run = async (more: string[]): Promise<{ told: string[]; outcomes: string[][] }> => {
      const ended = await project.run(
        ['../node_modules/mocha/bin/mocha.js', ...more, '--reporter', 'json', 'hooks.test.js'],
        { env: { PORT: String(server.port) } },
      )
      const { failures, passes } = reportOf(ended)
      return {
        told: ended.stderr.split('\n').filter((line) => line.startsWith('hook ')),
        outcomes: [
          passes.map(({ fullTitle }) => fullTitle),
          // Mocha changes the title of a hook while the hook runs.
          failures.map(({ fullTitle, err }) => `${fullTitle}: ${err.message?.replace(/<.*>/, '') ?? ''}`),
        ],
      }
    }
    const expected = await run([])
    assert.ok(expected.told.length > 15, expected.told.join('\n'))
    assert.deepEqual(await run(['--require', 'cassette/mocha']), expected)
  })

  it('does not record a retry again, and gives hostile, equal and long titles one file each inside the folder', async () => {
    const files = ['retries.test.mjs', 'inner/retries.test.mjs']
    const live = reportOf(await mocha(files))
    assert.deepEqual(live.failures, [])
    const names = project.cassettes()
    assert.equal(names.length, 14, names.join('\n'))
    assert.ok(names.includes('retries.test.mjs/retries--record-once.yaml'))
    assert.ok(names.includes('inner/retries.test.mjs/retries--record-once.yaml'))
    assert.ok(names.includes('retries.test.mjs/titles--twice--2.yaml'))
    for (const name of names) assert.ok(Buffer.byteLength(name.split('/').at(-1) ?? '') <= 200, name)
    const retried = project.read('cassettes/retries.test.mjs/retries--record-once.yaml')
    assert.equal(retried.match(/- id:/g)?.length, 1)
    assert.doesNotMatch(retried, /incomplete/)
    const asked = server.requests.length
    assert.equal(asked, 14)

    const parallel = await mocha(files, { CASSETTE_MODE: 'none' }, ['--parallel'])
    assert.deepEqual(reportOf(parallel).failures, [], parallel.output)
    assert.equal(server.requests.length, asked)
  })
})
