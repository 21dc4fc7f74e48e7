import assert from 'node:assert/strict'
import { cpSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'

import { startServer, type TestServer } from '../helpers/server.ts'
import { type Ended, makeProject, NODE_24, NODES, type Project } from './project.ts'

export interface Runner {
  readonly name: string
  /** The folder of its project in test/fixtures/runners. It has three files with three tests each. */
  readonly fixture: string
  /** The extension of its test files. */
  readonly extension: string
  /** The ending of the folders that are named after the test files. */
  readonly folderEnding?: string
  /** The arguments of `node`. */
  readonly args: readonly string[]
  readonly onlyNewestNode?: boolean
  /** Reads from the runner's output how many tests passed and failed. */
  counts(output: string): { readonly passed: number; readonly failed: number }
}

/** The first group of a pattern as a number; 0 if the pattern does not match. */
export const count = (output: string, pattern: RegExp): number => Number(pattern.exec(output)?.[1] ?? 0)

/** Tests that every integration has to pass, each in a real project and in its own process. */
export function runnerConformance(runner: Runner): void {
  for (const [node, path] of Object.entries(NODES)) {
    if (runner.onlyNewestNode === true && path !== NODE_24) continue
    describe(`${runner.name} on ${node}`, function () {
      this.timeout(60_000)
      const isNewest = path === NODE_24
      let server: TestServer
      let project: Project

      before(async () => {
        server = await startServer((request, response) => void response.end(`answer to ${request.path}`))
        project = makeProject(`test/fixtures/runners/${runner.fixture}`)
      })
      after(async () => {
        project.remove()
        await server.close()
      })

      const run = (env: Record<string, string> = {}): Promise<Ended> =>
        project.run(runner.args, { node: path, env: { PORT: String(server.port), ...env } })
      const passes = (ended: Ended): void => {
        assert.deepEqual(runner.counts(ended.output), { passed: 9, failed: 0 }, ended.output)
        assert.equal(ended.code, 0, ended.output)
      }
      const onlySecondFails = (ended: Ended): void => {
        assert.deepEqual(runner.counts(ended.output), { passed: 8, failed: 1 }, ended.output)
        assert.ok(ended.code !== 0 && ended.code !== null, ended.output)
        assert.match(ended.output, /second file.*asks the model|asks the model/s)
      }
      const folder = (name: string): string => `${name}.test.${runner.extension}${runner.folderEnding ?? ''}`
      const cassette = (name: string, title: string): string => `${folder(name)}/${name}-file--${title}.yaml`

      if (isNewest)
        it('records nothing and asks no server without cassettes in CI', async () => {
          const ended = await run({ CI: 'true' })
          assert.notEqual(ended.code, 0)
          assert.match(ended.output, /CI is set: the network is not used/)
          assert.deepEqual(runner.counts(ended.output), { passed: 3, failed: 6 }, ended.output)
          assert.deepEqual([project.cassettes(), server.requests.length], [[], 0])
        })

      it('records a cassette for each test that made a request', async () => {
        passes(await run())
        assert.equal(server.requests.length, 6)
        assert.deepEqual(
          project.cassettes(),
          ['first', 'second', 'third'].flatMap((name) => [
            cassette(name, 'asks-once'),
            cassette(name, 'asks-the-model'),
          ]),
        )
      })

      it('replays offline and lists orphaned cassettes', async () => {
        const old = `cassettes/${folder('first')}/first-file--no-longer-there.yaml`
        const lost = `cassettes/${folder('lost')}/a-test.yaml`
        mkdirSync(project.file(dirname(lost)), { recursive: true })
        for (const copy of [old, lost])
          cpSync(project.file(`cassettes/${cassette('first', 'asks-once')}`), project.file(copy))
        const ended = await run({ CI: 'true', CASSETTE_ORPHANS: '1' })
        passes(ended)
        assert.equal(server.requests.length, 6)
        for (const orphan of [old, lost])
          assert.equal(ended.output.split(orphan).length, 2, `${orphan}\n${ended.output}`)
        assert.doesNotMatch(ended.output, /asks-once\.yaml/)
      })

      it('fails only the test that caused a swallowed miss', async () => {
        const ended = await run({ CI: 'true', QUESTION_second: 'capital of Spain' })
        onlySecondFails(ended)
        assert.match(ended.output, /CassetteMiss: no recording answers POST/)
        assert.match(ended.output, /messages\[0\]\.content/)
        assert.match(ended.output, /incoming {2}"capital of Spain"/)
        assert.equal(server.requests.length, 6)
      })

      if (isNewest)
        it('fails a test that does not play all its recordings, with strict', async () => {
          const ended = await run({ CI: 'true', STRICT: '1', SKIP_second: '1' })
          onlySecondFails(ended)
          assert.match(
            ended.output,
            /1 of the interactions in cassettes\/second\S+asks-the-model\.yaml was not played/,
          )
        })
    })
  }
}
