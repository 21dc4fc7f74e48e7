import assert from 'node:assert/strict'
import { runProgram } from '../helpers/program.ts'

describe('the demo', () => {
  it('records, replays the same answers, keeps the key out and shows the miss, uncoloured where asked', async () => {
    // a mode from outside must not disturb it
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
})
