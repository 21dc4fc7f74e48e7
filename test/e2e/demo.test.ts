import assert from 'node:assert/strict'
import { runProgram } from '../helpers/program.ts'

describe('the demo', () => {
  it('records, replays the same answers, hides the key and shows the miss, and prints no colours if NO_COLOR is set', async () => {
    // A mode in the environment must not change the demo.
    const { code, stdout, stderr } = await runProgram('examples/demo/main.ts', {
      CI: 'true',
      CASSETTE_MODE: 'none',
      NO_COLOR: '1',
    })
    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' })
    assert.equal(stdout.match(/same answer/g)?.length, 4)
    assert.match(stdout, /stands in it 0 times/)
    assert.match(stdout, /recorded +"Which European capital is best at sunset\?"/)
    assert.match(stdout, /incoming +"Which European capital is best at sunrise\?"/)
    assert.ok(!stdout.includes('\u001b'))
  })

  it('colours the miss if FORCE_COLOR asks for it', async () => {
    const { stdout } = await runProgram('examples/demo/main.ts', { FORCE_COLOR: '1', NO_COLOR: '' })
    assert.ok(stdout.includes('incoming  \u001b[32m"Which European capital is best at sunrise?"\u001b[39m'))
  })
})
