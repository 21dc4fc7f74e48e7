// Records, from real servers, what every client of one part asks, each into a cassette of its own in the folder its
// first argument names; the second and third say which part of how many. Prints where the servers were and what the
// clients saw, as JSON: see `Recorded`.
import { join } from 'node:path'

import { withCassette } from '../../../src/index.ts'
import { partOf, trust } from '../traffic.ts'
import { type Addresses, ENDING, type EndingKind, within } from '../traveller.ts'
import { startUpstream } from '../upstream.ts'

export interface Recorded extends Addresses {
  readonly proxy: string
  /** By client: what it saw of each kind. */
  readonly views: Readonly<Record<string, Readonly<Partial<Record<EndingKind, string>>>>>
}

const [, , folder = '', part = '0', parts = '1'] = process.argv
const { stop, ...addresses } = await startUpstream()
trust(addresses.ca)
const views: Record<string, Partial<Record<EndingKind, string>>> = {}
for (const [i, { name, kinds, ask, close }] of partOf(Number(part), Number(parts)).entries()) {
  await withCassette(join(folder, `${part}-${i}.yaml`), { mode: 'all' }, async () => {
    const seen: Partial<Record<EndingKind, string>> = {}
    for (const kind of ENDING)
      if (kinds.includes(kind)) seen[kind] = await within(5000, () => ask(kind, addresses))
    views[name] = seen
  })
  await within(200, async () => String(await close?.()))
}
// A recording that answers nobody: what is asked of it is missed.
await withCassette(join(folder, `${part}-other.yaml`), { mode: 'all' }, () =>
  fetch(`${addresses.plain}/other`),
)
await stop()
const recorded: Recorded = { ...addresses, views }
process.stdout.write(JSON.stringify(recorded), () => process.exit())
