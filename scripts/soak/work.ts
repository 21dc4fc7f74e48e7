// One worker of the soak (see soak.ts). Reads its `Task` from the environment variable SOAK and prints its messages (see
// `Told`) on stdout.
import { setTimeout as sleep } from 'node:timers/promises'

import { proxy } from '../../test/fidelity/clients/proxy.ts'
import { tempFolder } from '../../test/helpers/temp-folder.ts'
import { TRAVELLERS, trust } from '../../test/hermetic/traffic.ts'
import type { Traveller } from '../../test/hermetic/traveller.ts'
import { measure } from './measure.ts'
import { groupsOf, type Task, type Told } from './tasks.ts'
import { Tally, Traffic } from './traffic.ts'

/** The wait after a group's turn, ms. Closing connections need it. */
const SETTLE_MS = 30

/** With fewer rounds, growth cannot be told from noise. */
const LEAST_ROUNDS = 6

const task = JSON.parse(process.env['SOAK'] ?? '{}') as Task
const say = (what: Told): void => void process.stdout.write(`${JSON.stringify(what)}\n`)

/** Closes all clients. Does not wait long, because some undici agents never finish closing. */
const closeAll = async (travellers: readonly Traveller[]): Promise<void> => {
  await Promise.all(travellers.map(({ close }) => Promise.race([close?.(), sleep(200)])))
}

const groups = [...groupsOf(TRAVELLERS)]
  .filter(([name]) => !task.only || name.includes(task.only))
  .filter((_, i) => i % task.parts === task.part)
const folder = tempFolder()
trust(task.live.ca)
proxy.pretend(task.recorded.proxy)
const all = new Map<string, { traffic: Traffic; travellers: readonly Traveller[] }>()
for (const [group, travellers] of groups) {
  const traffic = new Traffic(group, travellers, folder.path, task.recorded, task.live)
  all.set(group, { traffic, travellers })
  say({ kind: 'begins', group })
  await traffic.record()
  await closeAll(travellers)
}
say({ kind: 'recorded' })
proxy.pretend(task.live.proxy)

const kept: unknown[] = []
let before = await measure()
const end = performance.now() + task.seconds * 1000
for (let round = 0; performance.now() < end || round < LEAST_ROUNDS; round++)
  for (const [group, { traffic, travellers }] of all) {
    say({ kind: 'begins', group })
    const tally = new Tally()
    await traffic.run(tally)
    // Open pools would count as growth of this group now, and as a gain of the next group when they close.
    await closeAll(travellers)
    if (group === task.leak) kept.push(Array.from({ length: 200_000 }, (_, n) => ({ n })))
    await sleep(SETTLE_MS)
    const after = await measure()
    say({ kind: 'slot', group, round, ...tally.result, before, after })
    before = after
  }
folder.remove()
// Pools keep this process alive. The main process ends it.
say({ kind: 'ended' })
