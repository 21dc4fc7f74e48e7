import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

import { fromRoot } from '../../helpers/shared.ts'
import { tempFolder } from '../../helpers/temp-folder.ts'

describe('a process that records', () => {
  const folder = tempFolder()
  after(folder.remove)
  let count = 0

  const run = (kind: string, how: 'plain' | 'record'): string => {
    const ended = spawnSync(
      process.execPath,
      [fromRoot('test/protocols/programs/undecided.ts'), kind, how, join(folder.path, `tape${count++}.yaml`)],
      { encoding: 'utf8', timeout: 60_000 },
    )
    assert.equal(ended.status, 0, `${ended.signal} ${ended.stderr}`)
    return ended.stdout
  }

  for (const [title, kind] of [
    ['connects a socket again after it closed', 'again'],
    ['asks a TLS socket for its keys when it connects', 'keys'],
    ['renegotiates a TLS connection when it connects', 'renegotiate'],
    ['opens a tunnel to what is no authority, by http', 'tunnel-http'],
    ['opens a tunnel to what is no authority, by undici', 'tunnel-undici'],
    ['sends a head as it was written: no space after the colon', 'head-nospace'],
    ['sends a head as it was written: tabs and spaces', 'head-spaces'],
    ['sends a head as it was written: empty values and duplicates', 'head-empty'],
    ['sends a head as it was written: values with spaces around, by http', 'head-http'],
    ['is told to stop when it writes in a loop', 'loop'],
  ] as const) {
    it(`${title}, as one without a cassette`, () => {
      const plain = run(kind, 'plain')
      assert.notEqual(plain, '')
      assert.equal(run(kind, 'record'), plain)
    }).timeout(120_000)
  }
})
