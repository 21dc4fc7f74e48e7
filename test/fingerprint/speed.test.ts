import assert from 'node:assert/strict'
import { canonicalize, differencesOfCanonical } from '../../src/matching.ts'
import { openai } from '../providers/support.ts'

/** The median time of `runs` runs after `warmUp` runs, ms. */
function median(run: () => void, warmUp: number, runs: number): number {
  for (let at = 0; at < warmUp; at += 1) run()
  const times = Array.from({ length: runs }, () => {
    const start = performance.now()
    run()
    return performance.now() - start
  })
  return times.toSorted((a, b) => a - b)[Math.floor(runs / 2)] ?? Number.NaN
}

const turn = (at: number) => [
  {
    role: 'user',
    content: [{ type: 'text', text: `Question ${at}: ${'lorem ipsum dolor sit amet '.repeat(20)}` }],
  },
  {
    role: 'assistant',
    content: null,
    tool_calls: [
      {
        id: `call_${at}`,
        type: 'function',
        function: { name: 'search', arguments: JSON.stringify({ query: 'x'.repeat(80), at }) },
      },
    ],
  },
  { role: 'tool', tool_call_id: `call_${at}`, content: 'consectetur adipiscing elit '.repeat(10) },
]

describe('the cost of canonicalising', () => {
  it('is at most 3 ms for a chat of 100 KB, after warm-up', function () {
    this.retries(3)
    const tools = Array.from({ length: 20 }, (_, at) => ({
      type: 'function',
      function: {
        name: `tool_${at}`,
        parameters: { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] },
      },
    }))
    const request = openai({ messages: Array.from({ length: 92 }, (_, at) => turn(at)).flat(), tools })
    const body = Buffer.from(JSON.stringify(request.body))
    assert.ok(body.length > 100_000 && body.length < 130_000, `${body.length} bytes`)
    const ms = median(() => canonicalize({ ...request, body }), 50, 51)
    assert.ok(ms <= 3, `${ms.toFixed(2)} ms`)
  })

  it('grows linearly with the length of a conversation', function () {
    this.retries(3)
    const cost = (turns: number): number => {
      const request = openai({ messages: Array.from({ length: turns }, (_, at) => turn(at)).flat() })
      const body = Buffer.from(JSON.stringify(request.body))
      return median(() => canonicalize({ ...request, body }), 20, 15)
    }
    const [short, long] = [cost(100), cost(1000)]
    assert.ok(long < 30 * short, `${short.toFixed(2)} ms for 100 turns, ${long.toFixed(2)} ms for 1000`)
  })
})

describe('the cost of a miss diff', () => {
  it('grows linearly with the number of tools of one label', function () {
    this.retries(3)
    const cost = (count: number): number => {
      const side = (from: number) =>
        canonicalize(
          openai({
            tools: Array.from({ length: count }, (_, at) => ({
              type: 'mcp',
              server_label: `server ${from + at}`,
            })),
          }),
        )
      const [recorded, incoming] = [side(0), side(count / 2)]
      assert.equal(differencesOfCanonical(recorded, incoming).length, count / 2)
      return median(() => differencesOfCanonical(recorded, incoming), 5, 5)
    }
    const [few, many] = [cost(200), cost(2000)]
    assert.ok(many < 30 * few, `${few.toFixed(2)} ms for 200 tools, ${many.toFixed(2)} ms for 2000`)
  })
})
