import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

import { fromRoot } from '../../helpers/shared.ts'
import { tempFolder } from '../../helpers/temp-folder.ts'

const KINDS = [
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
] as const

describe('a process that records', () => {
  const folder = tempFolder()
  after(folder.remove)

  /** What the program prints of each kind. */
  function run(how: 'plain' | 'record'): ReadonlyMap<string, string> {
    const kinds = KINDS.map(([, kind]) => kind).join(',')
    const program = fromRoot('test/protocols/programs/undecided.ts')
    const ended = spawnSync(process.execPath, [program, kinds, how, join(folder.path, 'tape.yaml')], {
      encoding: 'utf8',
      timeout: 60_000,
    })
    assert.equal(ended.status, 0, `${ended.signal} ${ended.stdout} ${ended.stderr}`)
    const parts = ended.stdout.split(/^== (.*)\n/m).slice(1)
    return new Map(KINDS.map((_, at) => [parts[2 * at] ?? '', parts[2 * at + 1] ?? '']))
  }
  const printed: Record<'plain' | 'record', ReadonlyMap<string, string>> = {
    plain: new Map(),
    record: new Map(),
  }
  before(function () {
    this.timeout(120_000)
    for (const how of ['plain', 'record'] as const) printed[how] = run(how)
  })

  for (const [title, kind] of KINDS)
    it(`${title}, as one without a cassette`, () => {
      assert.notEqual(printed.plain.get(kind) ?? '', '')
      assert.equal(printed.record.get(kind), printed.plain.get(kind))
    })
})
