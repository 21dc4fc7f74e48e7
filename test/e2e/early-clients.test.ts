import assert from 'node:assert/strict'
import { type Ended, runProgram } from '../helpers/program.ts'
import { CLIENTS } from './clients.ts'

describe('a program that used its clients before it opened a cassette', () => {
  let program: Ended
  const results = new Map<string, { live: string }>()
  before(async () => {
    program = await runProgram('test/e2e/programs/early-clients.ts')
    const printed = JSON.parse(program.stdout) as Record<string, { live: string }>
    for (const [name, result] of Object.entries(printed)) results.set(name, result)
  })

  it('ends without an error', () => {
    assert.deepEqual({ code: program.code, stderr: program.stderr }, { code: 0, stderr: '' })
  })

  for (const { name } of CLIENTS) {
    it(`records and replays ${name} over a connection that is older than the cassette`, () => {
      const { live } = results.get(name)!
      assert.match(live, /hello/)
      assert.deepEqual(results.get(name), { live, recorded: live, replayed: live, gone: live, requests: 1 })
    })
  }
})
