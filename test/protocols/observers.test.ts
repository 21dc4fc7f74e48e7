import assert from 'node:assert/strict'
import { join } from 'node:path'

import { runProgram } from '../helpers/program.ts'
import { tempFolder } from '../helpers/temp-folder.ts'

describe('those who watch the process', () => {
  const folder = tempFolder()
  after(folder.remove)

  it('count each request of the program once, and none of cassette, live, while recording and in replay', async () => {
    const ended = await runProgram('test/protocols/programs/observers.ts', {
      TAPE: join(folder.path, 'tape.yaml'),
    })
    assert.equal(ended.code, 0, ended.stderr)
    const { live, recorded, again, replayed } = JSON.parse(ended.stdout) as Record<
      string,
      Record<string, number>
    >
    assert.equal(live?.['span GET'], 9)
    assert.equal(live?.['undici:request:create /fetch'], 1)
    assert.equal(live?.['http.client.request.start /http'], 1)
    assert.deepEqual(recorded, live, 'while recording')
    assert.deepEqual(again, live, 'beside recordings')
    assert.deepEqual(replayed, live, 'in replay')
  }).timeout(60_000)
})
