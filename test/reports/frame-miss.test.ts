import assert from 'node:assert/strict'

import { renderFrameMiss, type FrameMissReport } from '../../src/reports/frame-miss.ts'

const report: FrameMissReport = {
  frame: 'frames[3]',
  isExtra: false,
  url: 'wss://api.example.com/v1/realtime',
  cassettePath: 'tape.yaml',
  mode: 'none',
  id: '7d206bed48a0bc0c',
  position: 1,
  differences: [{ path: 'frames[3].item.text', recorded: 'hello', incoming: 'help' }],
}

describe('the message of a WebSocket miss', () => {
  it('says what differs, which recording it is, and what to do', () => {
    assert.deepEqual(renderFrameMiss(report).split('\n'), [
      'frames[3].item.text is not what the client had said in the recording of wss://api.example.com/v1/realtime',
      '  cassette  tape.yaml',
      '  mode      none',
      '  recording interaction 2, 7d206bed48a0bc0c; frames[n] is entry n, from 0, of its response.body.websocket',
      '    frames[3].item.text',
      '      recorded  "hello"',
      '      incoming  "help"',
      '                    ^',
      '  record    a conversation cannot be gone on with: CASSETTE_MODE=all records everything again',
    ])
  })

  it('says so if the client sent more frames than in the recording', () => {
    const differences = [{ path: 'frames[3]', recorded: undefined, incoming: 'one more' }]
    const [first, ...rest] = renderFrameMiss({ ...report, isExtra: true, differences }).split('\n')
    assert.equal(
      first,
      'frames[3] is more than the client had said in the recording of wss://api.example.com/v1/realtime',
    )
    assert.ok(rest.includes('      recorded  (absent)') && rest.includes('      incoming  "one more"'))
  })

  it('shows twelve differences and counts the rest', () => {
    const differences = Array.from({ length: 15 }, (_, n) => ({
      path: `frames[3].f${n}`,
      recorded: n,
      incoming: -n,
    }))
    const text = renderFrameMiss({ ...report, differences })
    assert.match(text, /frames\[3\]\.f11\n/)
    assert.doesNotMatch(text, /frames\[3\]\.f12\n/)
    assert.match(text, /\.\.\. and 3 more/)
  })
})
