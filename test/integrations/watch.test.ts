import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'

import { startServer, type TestServer } from '../helpers/server.ts'
import { cleanEnvironment, makeProject, NODE_24, type Project, settings } from './project.ts'

/** The longest wait for a run or an exit, ms. It is far shorter than the test's timeout. */
const PATIENCE_MS = 30_000

/** A runner in watch mode, and its output since the last run. */
class Watcher {
  readonly #child: ChildProcess
  #said = ''
  #heard: () => void = () => {}

  constructor(project: Project, args: readonly string[], env: Record<string, string>) {
    // stdin stays open: a runner in watch mode ends when its input ends.
    this.#child = spawn(NODE_24, args, { cwd: project.path, env: cleanEnvironment(env), stdio: 'pipe' })
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#said += text
        this.#heard()
      })
  }

  /** Waits for the end of a run. @returns the output until then */
  async run(end: RegExp): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const timer = setTimeout(() => reject(new Error(`no ${end} in\n${this.#said}`)), PATIENCE_MS)
    this.#heard = () => {
      if (end.test(this.#said)) resolve()
    }
    this.#heard()
    await promise.finally(() => clearTimeout(timer))
    const said = this.#said
    this.#said = ''
    return said
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const exit = once(this.#child, 'exit')
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), PATIENCE_MS)
    this.#child.kill('SIGTERM')
    await exit
    clearTimeout(timer)
  }
}

const RUNNERS = [
  ...settings('--pool=vmThreads', '--pool=forks', '--no-isolate').map((pool) => ({
    name: `vitest --watch ${pool}`,
    fixture: 'vitest',
    args: ['../node_modules/vitest/vitest.mjs', '--watch', pool],
    end: /(?:Waiting|Watching) for file changes[^]*\n/,
    tests: { passed: /Tests +\d+ passed/, failed: /Tests +1 failed \| 2 passed/ },
  })),
  ...settings(['--maxWorkers=2'], ['--runInBand']).map((workers) => ({
    name: `jest --watchAll ${workers.join(' ')}`,
    fixture: 'jest',
    args: ['../node_modules/jest/bin/jest.js', '--watchAll', ...workers],
    end: /Ran all test suites[^]*\n/,
    tests: { passed: /Tests: +9 passed/, failed: /Tests: +1 failed, 8 passed/ },
  })),
]

describe('a runner in watch mode', function () {
  this.timeout(120_000)
  let server: TestServer
  let project: Project
  let watcher: Watcher | undefined

  beforeEach(async () => {
    server = await startServer((request, response) => void response.end(`answer to ${request.path}`))
  })
  afterEach(async () => {
    await watcher?.stop()
    project.remove()
    await server.close()
  })

  const reruns =
    ({ fixture, args, end, tests }: (typeof RUNNERS)[number]) =>
    async (): Promise<void> => {
      project = makeProject(`test/fixtures/runners/${fixture}`)
      const source = project.read('second.test.js')
      const rerun = async (text: string): Promise<string> => {
        writeFileSync(project.file('second.test.js'), text)
        return running.run(end)
      }
      const running = new Watcher(project, args, { PORT: String(server.port) })
      watcher = running
      assert.match(await running.run(end), tests.passed)
      assert.equal(server.requests.length, 6)
      assert.equal(project.cassettes().length, 6)

      assert.match(await rerun(`${source}\n// Changed.\n`), tests.passed)
      const missed = await rerun(source.replace('capital of France', 'capital of Spain'))
      assert.match(missed, tests.failed)
      assert.match(missed, /CassetteMiss: no recording answers POST[^]*incoming {2}"capital of Spain"/)
      assert.match(await rerun(source), tests.passed)
      assert.equal(server.requests.length, 6)
      assert.equal(project.cassettes().length, 6)
    }
  for (const runner of RUNNERS)
    it(`records once, and each later run replays and has its own result: ${runner.name}`, reruns(runner))
})
