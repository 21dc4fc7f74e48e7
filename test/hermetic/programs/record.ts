// Records, from real servers, what every client of one part asks, each into a cassette of its own in the folder its
// first argument names; the second and third say which part of how many. Prints where the servers were and what the
// clients saw, as JSON: see `Recorded`.
import { join } from 'node:path'

import { withCassette } from '../../../src/index.ts'
import { type Addresses, type Kind, KINDS, partOf, startUpstream, within } from '../traffic.ts'

export interface Recorded extends Addresses {
  readonly proxy: string
  /** By client: what it saw of each kind. */
  readonly views: Readonly<Record<string, Readonly<Record<Kind, string>>>>
}

const [, , folder = '', part = '0', parts = '1'] = process.argv
const upstream = await startUpstream()
const views: Record<string, Record<Kind, string>> = {}
for (const [i, { name, ask, close }] of partOf(Number(part), Number(parts)).entries()) {
  upstream.speakTo(name)
  await withCassette(join(folder, `${part}-${i}.yaml`), { mode: 'all' }, async () => {
    const seen: Record<Kind, string> = { whole: '', stream: '', secure: '' }
    for (const kind of KINDS) seen[kind] = await within(5000, () => ask(kind, upstream))
    views[name] = seen
  })
  await within(200, async () => String(await close?.()))
}
// A recording that answers nobody: what is asked of it is missed.
await withCassette(join(folder, `${part}-other.yaml`), { mode: 'all' }, () =>
  fetch(`${upstream.plain}/other`),
)
const { plain, secure, proxy } = upstream
const recorded: Recorded = { plain, secure, proxy, views }
process.stdout.write(JSON.stringify(recorded), () => process.exit())
