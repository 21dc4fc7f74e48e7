import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'

import { startServer, type TestServer } from '../helpers/server.ts'
import { makeProject, NODE_24, type Project } from './project.ts'

const ASK = `const ask = (place) =>
  fetch('http://127.0.0.1:' + process.env.PORT + '/' + place).then(() => 'LIVE', (e) => e.cause?.name ?? e.name)
    .then((answer) => process.stdout.write('asked ' + place + ' ' + answer + '\\n'))
`

const MOCHA_HOOKS = `${ASK}
export const mochaHooks = { beforeAll: () => ask('root-before'), afterAll: () => ask('root-after') }
export const mochaGlobalSetup = () => ask('global-setup')
export const mochaGlobalTeardown = () => ask('global-teardown')
await ask('hooks-file')
`
const TESTS = `${ASK}
await ask('top-level')
before(() => ask('file-before'))
after(() => ask('file-after'))
describe('a suite', () => {
  before(() => ask('suite-before'))
  it('a test', () => ask('test'))
  after(() => ask('suite-after'))
})
`

// vitest and Jest: only what their main process runs is not covered, as docs/trust.md says. Their conformance tests have the rest.
describe('in CI, requests outside tests', function () {
  this.timeout(60_000)
  let server: TestServer
  let project: Project
  before(async () => {
    server = await startServer((_request, response) => void response.end('live'))
    project = makeProject()
    writeFileSync(project.file('package.json'), '{"type":"module"}')
    writeFileSync(project.file('hooks.mjs'), MOCHA_HOOKS)
    writeFileSync(project.file('mocha.mjs'), TESTS)
    writeFileSync(
      project.file('node.mjs'),
      `import { after, before, describe, it } from 'node:test'\n${TESTS}`,
    )
  })
  after(async () => {
    project.remove()
    await server.close()
  })

  const reachNone = (args: readonly string[], places: readonly string[]) => async (): Promise<void> => {
    const env = { PORT: String(server.port), CI: 'true' }
    const ended = await project.run(args, { node: NODE_24, env })
    for (const place of places)
      assert.match(
        ended.stdout,
        new RegExp(`asked ${place} (?:CassetteMiss|ClosedCassetteError)`),
        ended.output,
      )
    assert.doesNotMatch(ended.stdout, /LIVE/, ended.output)
    assert.notEqual(ended.code, 0)
    assert.deepEqual(server.requests, [])
  }

  for (const [runner, args, places] of [
    [
      'mocha',
      [
        '../node_modules/mocha/bin/mocha.js',
        '--require',
        'cassette/mocha',
        '--require',
        './hooks.mjs',
        'mocha.mjs',
      ],
      [
        'hooks-file',
        'top-level',
        'global-setup',
        'root-before',
        'file-before',
        'suite-before',
        'global-teardown',
      ],
    ],
    [
      'node:test',
      ['--import', 'cassette/node-test', '--test', '--test-reporter=tap', 'node.mjs'],
      ['top-level', 'file-before'],
    ],
  ] as const)
    it(`reach no server: ${runner}`, reachNone(args, places))
})
