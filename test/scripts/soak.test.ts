import assert from 'node:assert/strict'

import type { Held } from '../../scripts/soak/measure.ts'
import { render } from '../../scripts/soak/render.ts'
import type { Slot } from '../../scripts/soak/tasks.ts'
import { judge } from '../../scripts/soak/verdict.ts'

const NOTHING: Held = { heap: 0, handles: 0, timers: 0, fds: 0, sockets: 0 }
const START: Held = { heap: 100_000_000, handles: 3, timers: 1, fds: 30, sockets: 9 }
const plus = (a: Held, b: Partial<Held>): Held => ({
  heap: a.heap + (b.heap ?? 0),
  handles: a.handles + (b.handles ?? 0),
  timers: a.timers + (b.timers ?? 0),
  fds: a.fds + (b.fds ?? 0),
  sockets: a.sockets + (b.sockets ?? 0),
})

type Gain = (round: number) => Partial<Held>

/** 20 rounds of groups. Each group gains something in each of its turns. */
function soak(gains: Readonly<Record<string, Gain>>, rounds = 20): Slot[] {
  const slots: Slot[] = []
  let before = START
  for (let round = 0; round < rounds; round++)
    for (const [group, gain] of Object.entries(gains)) {
      const after = plus(before, gain(round))
      slots.push({ group, round, operations: 50, slowestMs: 10, faults: [], before, after })
      before = after
    }
  return slots
}

const steady: Gain = () => NOTHING
const noise: Gain = (round) => ({
  heap: ((round * 7919) % 13) * 40_000 - 240_000,
  sockets: round % 2 ? 3 : -3,
  fds: round % 2 ? 3 : -3,
})

describe('the verdict of the soak', () => {
  it('does not count noise and start-up costs as growth', () => {
    const warming: Gain = (round) => ({ heap: round < 4 ? 3_000_000 : 10_000, sockets: round === 0 ? 8 : 0 })
    assert.deepEqual(judge([soak({ steady, noise, warming })]).faults, [])
  })

  it('does not count one big lasting object as growth', () => {
    const once: Gain = (round) => ({ heap: round === 11 ? 3_000_000 : 0 })
    assert.deepEqual(judge([soak({ steady, once })]).faults, [])
  })

  const leaks: Readonly<Record<keyof Held, Gain>> = {
    heap: () => ({ heap: 50 * 17_000 }),
    handles: () => ({ handles: 1 }),
    timers: () => ({ timers: 2 }),
    fds: () => ({ fds: 1 }),
    sockets: () => ({ sockets: 1 }),
  }
  for (const [measure, leak] of Object.entries(leaks))
    it(`names the group that leaks ${measure}, among other groups and workers`, () => {
      const { faults } = judge([soak({ steady, noise }), soak({ noise, leaky: leak, steady })])
      assert.ok(faults.length > 0)
      assert.deepEqual(
        faults.filter((fault) => !fault.startsWith('leaky: ') || !fault.includes(measure)),
        [],
      )
    })

  it('finds a leak of half a kilobyte an operation in ten minutes', () => {
    const { faults } = judge([soak({ steady, leaky: () => ({ heap: 50 * 512 }) }, 600)])
    assert.match(faults.join('\n'), /^leaky: heap grows by 512 bytes an operation$/m)
  })

  it('names a client that hangs, once', () => {
    const slots = soak({ steady }).map((slot) => ({ ...slot, faults: ['fetch, whole: hangs'] }))
    assert.deepEqual(judge([slots]).faults, ['steady: fetch, whole: hangs'])
  })

  it('is in a report that has a line for each group and says what is wrong', () => {
    const text = render(judge([soak({ steady, leaky: leaks.handles }), soak({ noise })]))
    assert.match(text, /^leaky +1000 +0 +10 +0 +1 /m)
    assert.match(text, /^worker 1, 20 rounds: first third +95\.4 /m)
    assert.match(text, /^  FAILED soak: leaky: handles of the process grows, \d+ to \d+$/m)
    assert.match(render(judge([soak({ steady })])), /Nothing grows, nobody hangs\.$/)
  })
})
