import assert from 'node:assert/strict'

import { startServer, type TestServer } from '../helpers/server.ts'
import { fromRoot } from '../helpers/shared.ts'
import { type Ended, makeProject, NODE_24, NODES, type Project, settings } from './project.ts'

interface Outcomes {
  readonly passed: readonly string[]
  readonly failed: readonly string[]
}

interface JsonReport {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly title: string; readonly status: string }[]
  }[]
}

const fromFile = (ended: Ended, project: Project): Outcomes =>
  fromJson({ ...ended, stdout: project.exists('report.json') ? project.read('report.json') : '' })

const fromJson = ({ stdout, output }: Ended): Outcomes => {
  const at = stdout.indexOf('{"')
  assert.ok(at >= 0, output)
  const { testResults } = JSON.parse(stdout.slice(at)) as JsonReport
  const results = testResults.flatMap(({ assertionResults }) => assertionResults)
  const of = (wanted: string): string[] =>
    results.filter(({ status }) => status === wanted).map(({ title }) => title)
  return { passed: of('passed'), failed: of('failed') }
}

const fromTap = ({ stdout }: Ended): Outcomes => {
  const of = (pattern: RegExp): string[] => [...stdout.matchAll(pattern)].map(([, title]) => title ?? '')
  return {
    passed: of(/^ *ok \d+ - (passes: .*|FAILS: .*)$/gm),
    failed: of(/^ *not ok \d+ - (passes: .*|FAILS: .*)$/gm),
  }
}

interface Run {
  readonly name: string
  readonly fixture: string
  readonly args: readonly string[]
  readonly counts: readonly [passed: number, failed: number]
  readonly outcomes: (ended: Ended, project: Project) => Outcomes
  /** The number of requests that reach the server: those that are ignored. */
  readonly asked?: number
  readonly node?: string
}

const RUNS: readonly Run[] = [
  ...settings('--pool=vmThreads', '--pool=forks', '--pool=threads', '--pool=vmForks', '--no-isolate').map(
    (pool) => ({
      name: `vitest ${pool}`,
      fixture: 'vitest-cases',
      args: ['../node_modules/vitest/vitest.mjs', 'run', '--reporter=json', '--outputFile=report.json', pool],
      counts: [19, 18] as const,
      outcomes: fromFile,
    }),
  ),
  {
    name: 'jest',
    fixture: 'jest-cases',
    args: ['--experimental-vm-modules', '../node_modules/jest/bin/jest.js', '--json'],
    counts: [12, 17],
    outcomes: fromJson,
    asked: 1,
  },
  ...Object.entries(NODES).map(([node, path]) => ({
    name: `node:test on ${node}`,
    fixture: 'node-test-cases',
    args: ['--import', 'cassette/node-test', '--test', '--test-reporter=tap'],
    counts: [10, 16] as const,
    outcomes: fromTap,
    node: path,
  })),
]

describe('a miss fails its test, however the test ends', function () {
  this.timeout(60_000)
  let server: TestServer
  let project: Project

  beforeEach(async () => {
    server = await startServer((_request, response) => void response.end('live'))
  })
  afterEach(async () => {
    project.remove()
    await server.close()
  })

  const failsByTitle =
    ({ fixture, args, counts, outcomes, asked = 0, node = NODE_24 }: Run) =>
    async (): Promise<void> => {
      project = makeProject(`test/fixtures/runners/${fixture}`)
      const env = { PORT: String(server.port), CASSETTE_MODE: 'none' }
      const ended = await project.run(args, { env, node })
      const { passed, failed } = outcomes(ended, project)
      assert.deepEqual(
        failed.filter((title) => !title.startsWith('FAILS')),
        [],
        ended.output,
      )
      assert.deepEqual(
        passed.filter((title) => !title.startsWith('passes')),
        [],
        ended.output,
      )
      assert.deepEqual([passed.length, failed.length], counts, ended.output)
      assert.notEqual(ended.code, 0)
      assert.equal(server.requests.length, asked)
    }
  for (const run of RUNS) it(`in ${run.name}`, failsByTitle(run))

  it('in node:test, a miss in a test that is expected to fail fails the run and is reported', async () => {
    project = makeProject('test/fixtures/runners/node-test-cases')
    const run = (env: Record<string, string>): Promise<Ended> =>
      project.run(['--import', 'cassette/node-test', '--test', 'expected.mjs'], {
        env: { PORT: String(server.port), MISS_PATH: 'a', ...env },
      })
    const live = await run({})
    assert.equal(live.code, 0, live.output)
    assert.doesNotMatch(project.read('cassettes/expected.mjs.d/and-misses.yaml'), /incomplete/)
    assert.equal((await run({ CI: 'true' })).code, 0)
    const missed = await run({ CI: 'true', MISS_PATH: 'b' })
    assert.equal(missed.code, 1, missed.output)
    assert.match(missed.output, /CassetteMiss: no recording answers GET .*\/b/)
    assert.equal(server.requests.length, 1)
  })

  it('in a Jest that starts concurrent tests before their events, the error names the version that is needed', async () => {
    project = makeProject('test/fixtures/runners/jest-recording')
    const ended = await project.run(
      ['../node_modules/jest/bin/jest.js', 'concurrent', '--testEnvironment=./like-jest-29.mjs'],
      { env: { PORT: String(server.port), CASSETTE_MODE: 'none' } },
    )
    assert.notEqual(ended.code, 0)
    assert.match(ended.output, /cassette\/jest needs jest 30 or newer to run concurrent tests/)
    assert.equal(server.requests.length, 0)
  })

  it('in a runner without the needed hooks, the error names the version that is needed', async () => {
    project = makeProject()
    const call = `import('cassette/mocha').then(({ mochaHooks }) => mochaHooks.beforeAll.call({ test: {} }))`
    const ended = await project.run(['-e', call])
    assert.equal(ended.code, 1)
    assert.match(ended.stderr, /cassette\/mocha needs mocha 10 or newer/)
    // Mocha 7 loads the plugin but ignores its hooks.
    const silent = `import('cassette/mocha').then(() => fetch('http://127.0.0.1:${server.port}').catch(() => {}))`
    const uncalled = await project.run(['-e', silent], { env: { CASSETTE_MODE: 'none' } })
    assert.equal(uncalled.code, 1, uncalled.output)
    assert.match(
      uncalled.stderr,
      /cassette\/mocha needs mocha 10 or newer: this one has not called its hooks/,
    )
    const loaded = await project.run(['-e', `import('cassette/mocha')`])
    assert.deepEqual([loaded.code, loaded.stderr], [0, ''])
  })

  it('in a runner that runs two tests at once anyway, the requests of the second test are refused', async () => {
    project = makeProject()
    const program = `
      import { TestScope } from '${fromRoot('src/integrations/test-run/test-scope.ts')}'
      const scope = (title) => new TestScope('the runner', { file: process.cwd() + '/a.test.js', suites: [], title })
      const ask = () => fetch('http://127.0.0.1:${server.port}').then((r) => r.text()).catch(() => 'swallowed')
      const [first, second] = [scope('first'), scope('second')]
      const answers = [await second.run(ask), await first.run(ask), await second.run(ask)]
      const ends = [await second.end({ failed: false }), await first.end({ failed: false })]
      console.log(JSON.stringify([answers, ends.map((end) => end?.message ?? 'passed')]))`
    const ended = await project.run(['--input-type=module', '-e', program])
    const [answers, ends] = JSON.parse(ended.stdout) as [string[], string[]]
    assert.deepEqual(answers, ['swallowed', 'live', 'swallowed'])
    assert.match(ends[0] ?? '', /the runner runs one test with requests at a time/)
    assert.equal(ends[1], 'passed')
    assert.deepEqual([project.cassettes(), server.requests.length], [['a.test.js/first.yaml'], 1])
  })
})
