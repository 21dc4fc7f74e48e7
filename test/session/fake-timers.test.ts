import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'

import { testBench } from '../helpers/cassette-folder.ts'
import { runProgram } from '../helpers/program.ts'

const SAID = [
  'said /fetch',
  'said /upload',
  'said /get',
  'second /h2',
  'echo hello',
  'ECONNREFUSED',
  'data: 1\n\n',
]

describe('under fake timers', function () {
  this.timeout(30_000)
  const bench = testBench((_, response) => void response.end())

  const works = (fakes: string, when: string) => async (): Promise<void> => {
    const tape = bench.path()
    const from = Date.now()
    const ended = await runProgram('test/session/programs/fake-timers.ts', {
      FAKES: fakes,
      WHEN: when,
      TAPE: tape,
    })
    assert.equal(ended.code, 0, ended.stdout + ended.stderr)
    assert.deepEqual(JSON.parse(ended.stdout), { live: SAID, replayed: SAID, missed: 'CassetteMiss' })
    const times = [...readFileSync(tape, 'utf8').matchAll(/recorded_at: (\S+)/g)].map(
      ([, time]) => time ?? '',
    )
    assert.equal(times.length, SAID.length)
    for (const time of times)
      assert.ok(Date.parse(time) >= from && Date.parse(time) <= Date.now(), `recorded_at is ${time}`)
  }

  it('cassette works as without them', works('none', 'after'))
  for (const fakes of ['sinon', 'node'])
    for (const when of ['before', 'after'])
      it(
        `of ${fakes}, installed ${when} cassette is loaded, it records, replays and misses`,
        works(fakes, when),
      )
})
