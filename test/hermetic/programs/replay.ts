// Replays the recordings of record.ts. Each client of one part makes requests that are answered and requests that are
// missed. Reads its `Task` from the environment variable TASK, and prints the results as JSON: see `Replayed`.
import { join } from 'node:path'

import { openCassette } from '../../../src/index.ts'
import { proxy } from '../../fidelity/clients/proxy.ts'
import { partOf, trust } from '../traffic.ts'
import { ENDING, type EndingKind, within } from '../traveller.ts'
import { type Reached, watchNetwork } from '../watch.ts'
import type { Recorded } from './record.ts'

export interface Task {
  readonly folder: string
  readonly part: number
  readonly parts: number
  readonly recorded: Omit<Recorded, 'views'>
  readonly matched: number
  readonly missed: number
  /** Only these clients. */
  readonly only?: readonly string[]
  /** Lets every client through to the network, as if cassette did not see it. */
  readonly letThrough?: boolean
}

export interface Replayed extends Reached {
  readonly client: string
  readonly ms: number
  /** How often the client had each view, by kind. */
  readonly views: Readonly<Partial<Record<EndingKind, Readonly<Record<string, number>>>>>
  /** The number of recordings that were played. */
  readonly played: number
  /** How often the client had each view of a missed request. */
  readonly missViews: Readonly<Record<string, number>>
  /** The number of misses. It is greater than the number of requests if a client retried. */
  readonly misses: number
}

const AT_ONCE = 20
const PATIENCE_MS = 5000

const { folder, part, parts, recorded, matched, missed, only, letThrough } = JSON.parse(
  process.env['TASK'] ?? '{}',
) as Task
proxy.pretend(recorded.proxy)
trust(recorded.ca)
const network = watchNetwork()
const options = { mode: 'none', allowPlaybackRepeats: true, ...(letThrough ? { ignore: '*' } : {}) } as const

async function many(count: number, ask: (i: number) => Promise<void>): Promise<void> {
  for (let i = 0; i < count; i += AT_ONCE)
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, count - i) }, (_, n) => ask(i + n)))
}

const results: Replayed[] = []
for (const [i, { name, kinds, ask, close }] of partOf(part, parts).entries()) {
  if (only && !only.includes(name)) continue
  const started = performance.now()
  network.since()
  const asked = ENDING.filter((kind) => kinds.includes(kind))
  const views: Partial<Record<EndingKind, Record<string, number>>> = {}
  const missViews: Record<string, number> = {}
  const count = async (into: Record<string, number>, kind: EndingKind): Promise<void> => {
    const view = await within(PATIENCE_MS, () => ask(kind, recorded))
    into[view] = (into[view] ?? 0) + 1
  }
  const kindOf = (n: number): EndingKind => asked[n % asked.length] ?? 'whole'

  const tape = await openCassette(join(folder, `${part}-${i}.yaml`), options)
  await many(matched, (n) => count((views[kindOf(n)] ??= {}), kindOf(n)))
  await tape.close().catch(() => {})
  const other = await openCassette(join(folder, `${part}-other.yaml`), options)
  await many(missed, (n) => count(missViews, kindOf(n)))
  await other.close().catch(() => {})
  const ms = Math.round(performance.now() - started)
  await within(200, async () => String(await close?.()))
  const { played } = tape
  results.push({
    client: name,
    ms,
    views,
    played,
    missViews,
    misses: other.misses.length,
    ...network.since(),
  })
}
process.stdout.write(JSON.stringify(results), () => process.exit())
