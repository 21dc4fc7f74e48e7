import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'

import { unknownVariables, VARIABLES } from '../src/environment.ts'
import { startServer } from './helpers/server.ts'
import { makeProject, type Project } from './integrations/project.ts'

const WARNING = /cassette does not know the environment variable CASSETTE_MOD\b.* is CASSETTE_MODE\./g

describe('environment variables', () => {
  it('that cassette defines are known, and so is any other name', () => {
    assert.deepEqual(unknownVariables(Object.fromEntries(VARIABLES.map((name) => [name, 'x']))), [])
    assert.deepEqual(unknownVariables({ CI: '1', MY_CASSETTE_MODE: 'x', CASSETTES: 'x' }), [])
  })

  it('that are named like them are told, with the nearest name, never an internal one', () => {
    const nearest = (name: string) => /is (\w+)\. See/.exec(unknownVariables({ [name]: 'x' })[0] ?? '')?.[1]
    assert.equal(nearest('CASSETTE_MODES'), 'CASSETTE_MODE')
    assert.equal(nearest('CASSETTE_MATCHON'), 'CASSETTE_MATCH_ON')
    assert.equal(nearest('CASSETTE_RUN_PATHS'), 'CASSETTE_PATH')
    assert.equal(nearest('CASSETTE_MISS'), 'CASSETTE_MISSES')
  })

  describe('in a program', function () {
    this.timeout(60_000)
    let project: Project
    before(() => void (project = makeProject()))
    after(() => project.remove())

    it('are warned of once: two cassettes, a preload, and cassette run with the programs it starts', async () => {
      const server = await startServer((_request, response) => void response.end('fine'))
      try {
        writeFileSync(
          project.file('two.mjs'),
          `import { withCassette } from 'cassette'
           for (const name of ['a', 'b']) await withCassette(name + '.yaml', () => fetch(process.env.URL).then((r) => r.text()))`,
        )
        writeFileSync(
          project.file('child.cjs'),
          `fetch(process.env.URL).then((r) => r.text()).then(console.log)
           if (!process.env.NO_MORE)
             require('node:child_process').spawn(process.execPath, [__filename], { stdio: 'inherit', env: { ...process.env, NO_MORE: '1' } })`,
        )
        const env = { URL: server.url, CASSETTE_MOD: 'none' }
        const main = '../node_modules/cassette/dist/cli/main.js'
        for (const args of [
          ['two.mjs'],
          ['--import', 'cassette/register', 'child.cjs'],
          [main, 'run', '--', process.execPath, 'child.cjs'],
        ]) {
          const { code, output } = await project.run(args, { env })
          assert.equal(code, 0, output)
          assert.equal(output.match(WARNING)?.length, 1, output)
        }
        assert.match(readFileSync(project.file('a.yaml'), 'utf8'), /^version: 1/)
      } finally {
        await server.close()
      }
    })
  })
})
