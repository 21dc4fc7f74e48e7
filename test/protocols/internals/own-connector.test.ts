import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'

import { testBench } from '../../helpers/cassette-folder.ts'
import { fromRoot } from '../../helpers/shared.ts'
import { cleanEnvironment, NODES } from '../../integrations/project.ts'
import { type Http2TestServer, startHttp2Server } from '../http2-server.ts'

interface Told {
  readonly steps: Record<string, { readonly exists: boolean; readonly name?: string }[]>
  /** The files of undici in the module cache. */
  readonly files: Record<string, string[]>
  readonly said: unknown[]
}

describe("cassette's own connector", () => {
  const bench = testBench(({ path }, response) => void response.end(`answer to ${path}`))
  let server: Http2TestServer
  beforeEach(async () => {
    server = await startHttp2Server('tls', (stream) => void stream.end(), { allowHTTP1: true })
  })
  afterEach(() => server.close())

  const run = (node: string, env: Record<string, string>): Promise<Told> =>
    new Promise((resolve, reject) => {
      const more = { HTTP: bench.url(''), PORT: String(server.port), CA: server.ca ?? '', ...env }
      execFile(
        node,
        [fromRoot('test/protocols/programs/own-connector.ts')],
        { env: cleanEnvironment(more), timeout: 50_000 },
        (error, stdout, stderr) =>
          error ? reject(new Error(stderr, { cause: error })) : resolve(JSON.parse(stdout) as Told),
      )
    })

  it("is the one that undici's main module exports", () => {
    const require = createRequire(import.meta.url)
    const { buildConnector } = require('undici') as { buildConnector: unknown }
    assert.equal(require('undici/lib/core/connect.js'), buildConnector)
  })

  const leavesDispatchers = (node: string) => async (): Promise<void> => {
    const without = await run(node, {})
    assert.equal(server.connections, 1)
    const { steps, files, said } = await run(node, { TAPE: bench.path() })
    // One more connection than the program's own: the server was asked.
    assert.equal(server.connections, 3)
    assert.deepEqual(said, without.said)
    assert.deepEqual(said.slice(0, 3), ['answer to /first', 'h2', 'answer to /second'])

    const { import: imported, ...shared } = steps
    assert.deepEqual(shared, without.steps)
    assert.deepEqual([imported, shared['asked']], [shared['open'], shared['open']])
    assert.deepEqual(imported?.[0], { exists: true, name: 'built-in Agent' })
    assert.deepEqual([files['import'], files['open']], [[], []])
    assert.ok(files['asked']?.includes('lib/core/connect.js'))
    assert.ok(!files['asked']?.some((file) => ['index.js', 'lib/global.js'].includes(file)))
    // The question is not recorded: our patches do not see it.
    const recorded = [...(bench.read()?.matchAll(/^ +url: .*(\/\w+)$/gm) ?? [])].map(([, path]) => path)
    assert.deepEqual(recorded, ['/first', '/second', '/third', '/fourth'])
  }

  for (const [name, node] of Object.entries(NODES))
    it(
      `leaves the global dispatchers as they are without cassette, on ${name}`,
      leavesDispatchers(node),
    ).timeout(60_000)
})
