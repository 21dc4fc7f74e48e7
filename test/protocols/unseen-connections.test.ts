import assert from 'node:assert/strict'

import { startServer } from '../helpers/server.ts'
import { tempFolder } from '../helpers/temp-folder.ts'
import { runProgram } from '../helpers/program.ts'

describe('a connection older than the package', () => {
  it("in the program's own Agent never carries a request past the cassette", async () => {
    const server = await startServer((_, response) => void response.end('live'))
    const folder = tempFolder()
    try {
      const { stdout, stderr } = await runProgram('test/protocols/programs/unseen.ts', {
        URL: server.url,
        TAPE: `${folder.path}/tape.yaml`,
      })
      const [before, first = '', reference, ...later] = stdout.trim().split('\n')
      assert.equal(before, 'live', stderr)
      assert.match(first, /CASSETTE_UNSEEN POST .* was opened before cassette was loaded/, stderr)
      assert.match(reference ?? '', /docs\/errors\.md#cassette_unseen$/)
      assert.deepEqual(later, ['live', 'live'], 'its pool has made a new connection, which is seen')
      assert.equal(server.requests.length, 2)
    } finally {
      await server.close()
      folder.remove()
    }
  })
})
