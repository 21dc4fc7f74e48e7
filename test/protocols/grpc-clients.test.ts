import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'

import { fromRoot } from '../helpers/shared.ts'

/** In its own process: the tests depend on when and how grpc-js is loaded. */
function run(script: string): string {
  const code = `
        const cassette = await import('./src/protocols/grpc-clients.ts')
        const PATHS = { unary: '/test.Echo/Unary', bare: '/test.Bare/Call' }
        const gate = { active: () => true, connect: ({ host }) => (host === 'held.invalid' ? 'hold' : 'open') }
        const follow = () => cassette.followGrpcClients(gate)
        const known = (path) => cassette.readersOfCall(path, 'application/grpc').readers
        const say = (value) => console.log(JSON.stringify(value))
        const bytes = Buffer.from('\\n\\x02hi\\x10\\x07', 'latin1')
        const calls = (grpc, loader, target = 'held.invalid:1') => {
          const { test } = grpc.loadPackageDefinition(loader.loadSync('test/fixtures/grpc/echo.proto'))
          const client = new test.Echo(target, grpc.credentials.createInsecure())
          const options = { deadline: Date.now() + 60 }
          return {
            unary: () => new Promise((resolve) => client.Unary({ text: 'x' }, options, (error) => { client.close(); resolve(error.details) })),
            bare: () =>
              new Promise((resolve) =>
                new grpc.Client(target, grpc.credentials.createInsecure()).makeUnaryRequest(
                  PATHS.bare, (value) => Buffer.from(value), (answer) => ({ answer }), 'x', options, resolve),
              ),
          }
        }
        ${script}
        process.exit(0)
      `
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--no-warnings', '--input-type=module', '--eval', code],
    { cwd: fromRoot('.'), encoding: 'utf8', timeout: 50_000 },
  )
  assert.equal(status, 0, stderr)
  return stdout
}

const LOAD = {
  imported: `const grpc = await import('@grpc/grpc-js'); const loader = await import('@grpc/proto-loader')`,
  required: `const { createRequire } = await import('node:module'); const require = createRequire(import.meta.url)
    const grpc = require('@grpc/grpc-js'); const loader = require('@grpc/proto-loader')`,
}

describe('gRPC clients', () => {
  for (const [how, load] of Object.entries(LOAD)) {
    for (const when of ['before', 'after']) {
      const script = when === 'before' ? `${load}; follow()` : `follow(); ${load}`
      it(`${how} ${when} the first cassette give us their message types`, () => {
        const out = run(`
          ${script}
          const { unary, bare } = calls(grpc, loader)
          say([known(PATHS.unary), known(PATHS.bare)])
          await unary(); await bare()
          say(known(PATHS.unary).request(bytes))
          say(known(PATHS.unary).response(bytes))
          say(known(PATHS.bare).response(bytes))
          say(cassette.readersOfCall(PATHS.unary, 'application/json'))
        `)
        assert.deepEqual(out.trim().split('\n'), [
          '[null,null]',
          '{"text":"hi","count":7}',
          '{"text":"hi","count":7}',
          '{"answer":"CgJoaRAH"}',
          '{}',
        ])
      })

      it(`${how} ${when} the first cassette look up no name if they may not connect`, () => {
        const out = run(`
          const { createHook } = await import('node:async_hooks')
          let queries = 0
          createHook({ init: (_, type) => { if (/GETADDRINFO|QUERYWRAP/.test(type)) queries++ } }).enable()
          ${script}
          await calls(grpc, loader).unary()
          // If it may connect it looks the name up: once in the resolver, once in the socket that was given a name.
          const held = queries
          const details = await calls(grpc, loader, 'other.invalid:1').unary()
          say([held <= 1, queries > held, /name resolution|Name resolution/.test(details)])
        `)
        assert.equal(out.trim(), '[true,true,true]')
      })
    }
  }

  it('that were made before the first cassette give us their message types, too', () => {
    const out = run(`
      ${LOAD.imported}
      const { unary } = calls(grpc, loader)
      follow()
      await unary()
      say(known(PATHS.unary).request(bytes))
    `)
    assert.equal(out.trim(), '{"text":"hi","count":7}')
  })
})
