// Records the requests of every client of one part from real servers, each client into its own cassette. Arguments: the
// folder of the cassettes, the part, and the number of parts. Prints the addresses of the servers and the views of the
// clients as JSON: see `Recorded`.
import { join } from 'node:path'

import { withCassette } from '../../../src/index.ts'
import { partOf, trust } from '../traffic.ts'
import { type Addresses, ENDING, type EndingKind, within } from '../traveller.ts'
import { startUpstream } from '../upstream.ts'

export interface Recorded extends Addresses {
  readonly proxy: string
  /** The view of each kind, by client. */
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
// A recording that answers no request of the clients: all of their requests are misses.
await withCassette(join(folder, `${part}-other.yaml`), { mode: 'all' }, () =>
  fetch(`${addresses.plain}/other`),
)
await stop()
const recorded: Recorded = { ...addresses, views }
process.stdout.write(JSON.stringify(recorded), () => process.exit())
