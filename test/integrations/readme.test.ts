import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { delimiter, dirname } from 'node:path'

import { readPages } from '../../scripts/docs/pages.ts'
import { startServer, type TestServer } from '../helpers/server.ts'
import { makeProject, NODE_24, type Project } from './project.ts'

interface Snippet {
  readonly text: string
  readonly file: string | undefined
  readonly run: string | undefined
}

const text = [...readPages().values()].join('\n')

/** The code blocks after a comment that names their file and the runner. */
const SNIPPETS: readonly Snippet[] = [
  ...text.matchAll(/<!-- (?:file: (\S+) ?)?(?:run: (\S+) )?-->\n```\w+\n([^]*?)```/g),
].map(([, file, run, code]) => ({ file, run, text: code ?? '' }))

const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  mocha: ['../../node_modules/mocha/bin/mocha.js', 'test/*.test.mjs'],
  vitest: ['../../node_modules/vitest/vitest.mjs', 'run'],
  jest: ['../../node_modules/jest/bin/jest.js'],
  'node-test': ['--import', 'cassette/node-test', '--test'],
}

describe('the code in the documentation', function () {
  this.timeout(60_000)
  let server: TestServer
  let project: Project

  before(async () => {
    server = await startServer((_request, response) => void response.end('sunny'))
    project = makeProject()
    for (const { file, text: code } of SNIPPETS) {
      if (file === undefined) continue
      mkdirSync(dirname(project.file(file)), { recursive: true })
      writeFileSync(project.file(file), code)
    }
  })
  after(async () => {
    project.remove()
    await server.close()
  })

  it('covers every runner', () => {
    const runs = SNIPPETS.map(({ run }) => run).filter((run) => run !== undefined)
    assert.deepEqual(runs.toSorted(), ['jest', 'mocha', 'node-test', 'register', 'run', 'vitest'])
  })

  const recordsAndReplays = (name: string) => async (): Promise<void> => {
    const before = server.requests.length
    const run = (env: Record<string, string>) =>
      project.run(COMMANDS[name] ?? [], { cwd: project.file(name), env: { WEATHER_URL: server.url, ...env } })
    const live = await run({})
    assert.equal(live.code, 0, live.output)
    assert.equal(server.requests.length, before + 1, live.output)
    const again = await run({ CI: 'true' })
    assert.equal(again.code, 0, again.output)
    assert.equal(server.requests.length, before + 1)
  }
  for (const name of Object.keys(COMMANDS)) it(`works in ${name}`, recordsAndReplays(name))

  const worksInAShell = (name: string) => async (): Promise<void> => {
    const snippet = SNIPPETS.find(({ run }) => run === name)
    writeFileSync(
      project.file('app.js'),
      `fetch(process.env.WEATHER_URL).then((r) => r.text()).then(console.log)`,
    )
    const command = (snippet?.text ?? '').replace(
      'npx cassette',
      'node ../node_modules/cassette/dist/cli/main.js',
    )
    const path = `${dirname(NODE_24)}${delimiter}${process.env['PATH'] ?? ''}`
    const script = `require('node:child_process').execSync(${JSON.stringify(command)}, { stdio: 'inherit', timeout: 20000 })`
    const before = server.requests.length
    for (const env of [{}, { CASSETTE_MODE: 'none' }]) {
      const ended = await project.run(['-e', script], {
        env: { WEATHER_URL: server.url, PATH: path, ...env },
      })
      assert.deepEqual([ended.code, ended.stdout], [0, 'sunny\n'], ended.output)
    }
    assert.equal(server.requests.length, before + (name === 'register' ? 1 : 0))
    assert.ok(project.exists('weather.yaml'))
  }
  it('works as a preload', worksInAShell('register'))
  it('works with cassette run, which replays the cassette of the preload', worksInAShell('run'))
})
