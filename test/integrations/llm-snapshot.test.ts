import assert from 'node:assert/strict'
import { rmSync, writeFileSync } from 'node:fs'

import { startServer, type TestServer } from '../helpers/server.ts'
import { type Ended, makeProject, type Project, settings } from './project.ts'

const RUNNERS = [
  {
    name: 'vitest',
    args: ['../../node_modules/vitest/vitest.mjs', 'run'],
    update: '--update',
    folder: 'a.test.mjs',
  },
  {
    name: 'jest',
    args: ['--experimental-vm-modules', '../../node_modules/jest/bin/jest.js'],
    update: '--updateSnapshot',
    folder: 'a.test.mjs',
  },
  {
    name: 'mocha',
    args: ['../../node_modules/mocha/bin/mocha.js', '--require', 'cassette/mocha'],
    update: undefined,
    folder: 'a.test.mjs',
  },
  {
    name: 'node-test',
    args: ['--import', 'cassette/node-test', '--test'],
    update: '--test-update-snapshots',
    folder: 'a.test.mjs.d',
  },
]

describe('an LLM snapshot', function () {
  this.timeout(120_000)
  let server: TestServer
  let project: Project
  let city: string
  let text: string

  before(async () => {
    project = makeProject('test/fixtures/runners/llm-snapshot')
    server = await startServer((request, response) => {
      const [, kind] = request.path.split('/')
      const call = {
        id: String(Math.random()),
        function: { name: 'weather', arguments: JSON.stringify({ city }) },
      }
      const message = kind === 'tool' ? { tool_calls: [call] } : { content: text }
      const finish = kind === 'tool' ? 'tool_calls' : 'stop'
      if (kind === 'stream') {
        response.setHeader('content-type', 'text/event-stream')
        response.end(
          `data: ${JSON.stringify({ choices: [{ index: 0, delta: message, finish_reason: 'stop' }] })}\n\ndata: [DONE]\n\n`,
        )
        return
      }
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ choices: [{ index: 0, message, finish_reason: finish }] }))
    })
  })
  after(async () => {
    project.remove()
    await server.close()
  })

  const followsItsFlag =
    ({ name, args, update, folder }: (typeof RUNNERS)[number]) =>
    async (): Promise<void> => {
      const cwd = project.file(name)
      const run = (env: Record<string, string> = {}, more: string[] = []): Promise<Ended> =>
        project.run([...args, ...more, 'a.test.mjs'], {
          cwd,
          env: { LLM_URL: server.url, ...env },
        })
      const at = `${name}/cassettes/${folder}`
      const snapshots = `${at}/a-response-of-fetch.snapshot.json`
      ;[city, text] = ['Oslo', 'It is sunny.']
      if (name === 'vitest' || name === 'jest') {
        const none = await run({ CI: 'true', CASSETTE_MODE: 'once' })
        assert.notEqual(none.code, 0, none.output)
        assert.match(none.output, /does not exist, and CI writes none/)
        assert.equal(project.exists(snapshots), false)
      }

      const first = await run()
      assert.equal(first.code, 0, first.output)
      assert.match(project.read(snapshots), /"city": "Oslo"/)
      ;[city, text] = ['Bergen', 'The sun shines.']
      const env = { CASSETTE_MODE: 'all', FEWER: '1' }
      const other = await run(env)
      assert.notEqual(other.code, 0, other.output)
      assert.match(other.output, /choices\[0\]\.tool_calls\[weather\]\.arguments\.city: "Oslo" -> "Bergen"/)
      // Two tests have a call, and that of the third is awaited by nobody.
      assert.equal(other.output.match(/(?<=The LLM snapshot "1" of )\S+(?= is another answer)/g)?.length, 2)
      assert.match(project.read(snapshots), /"city": "Oslo"/)

      assert.match(other.output, /LLM snapshots that its test no longer uses: "one more"/)

      writeFileSync(project.file(`${at}/gone.snapshot.json`), '{"version": 1, "snapshots": {}}')
      const updated = update
        ? await run(env, [update])
        : await run({ ...env, CASSETTE_UPDATE_SNAPSHOTS: '1' })
      assert.equal(updated.code, 0, updated.output)
      assert.match(project.read(snapshots), /"city": "Bergen"/)
      assert.doesNotMatch(project.read(`${at}/a-parsed-answer-and-a-stream.snapshot.json`), /one more/)
      if (name !== 'node-test')
        assert.match(updated.output, /no test has these LLM snapshots[^]*gone\.snapshot\.json/)
      rmSync(project.file(`${at}/gone.snapshot.json`))
    }
  for (const runner of settings(...RUNNERS))
    it(
      `in ${runner.name} allows another wording, fails at another call, and follows the update flag`,
      followsItsFlag(runner),
    )
})
