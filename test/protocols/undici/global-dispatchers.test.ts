import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'

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

describe("undici's global dispatchers", () => {
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
        [fromRoot('test/protocols/programs/global-dispatchers.ts')],
        { env: cleanEnvironment(more), timeout: 50_000 },
        (error, stdout, stderr) =>
          error ? reject(new Error(stderr, { cause: error })) : resolve(JSON.parse(stdout) as Told),
      )
    })

  const leavesDispatchers = (node: string) => async (): Promise<void> => {
    const without = await run(node, {})
    assert.equal(server.connections, 1)
    const { steps, files, said } = await run(node, { TAPE: bench.path() })
    // The program's own, and no other: the server is not asked beforehand.
    assert.equal(server.connections, 2)
    assert.deepEqual(said, without.said)
    assert.deepEqual(said.slice(0, 3), ['answer to /first', 'h2', 'answer to /second'])

    const { import: imported, ...shared } = steps
    assert.deepEqual(shared, without.steps)
    assert.deepEqual([imported, shared['asked']], [shared['open'], shared['open']])
    assert.deepEqual(imported?.[0], { exists: true, name: 'built-in Agent' })
    assert.deepEqual([files['import'], files['open'], files['asked']], [[], [], []])
    const recorded = [...(bench.read()?.matchAll(/^ +url: .*(\/\w+)$/gm) ?? [])].map(([, path]) => path)
    assert.deepEqual(recorded, ['/first', '/second', '/third', '/fourth'])
  }

  for (const [name, node] of Object.entries(NODES))
    it(`are as they are without cassette, on ${name}`, leavesDispatchers(node)).timeout(60_000)
})
