import { rmSync } from 'node:fs'
import { join } from 'node:path'

import { openCassette, type CassetteOptions } from '../../src/index.ts'
import { ENDING, type Kind, type Traveller, within } from '../../test/hermetic/traveller.ts'
import type { Addresses, Slot } from './tasks.ts'

/** An operation that takes longer hangs, ms. */
const DEADLINE_MS = 5000

const LEAVING = ['aborted', 'abandoned'] as const

/** What came of a group's operations. */
export class Tally {
  operations = 0
  slowestMs = 0
  readonly faults: string[] = []

  /** @param expected what it has to be; absent: anything that ends */
  async ask(
    traveller: Traveller,
    kind: Kind,
    to: Addresses,
    expected?: (view: string) => boolean,
  ): Promise<void> {
    const started = performance.now()
    const view = await within(DEADLINE_MS, () => traveller.ask(kind, to))
    this.operations++
    this.slowestMs = Math.max(this.slowestMs, performance.now() - started)
    if (view === 'hangs' || (expected && !expected(view)))
      this.faults.push(`${traveller.name}, ${kind}: ${view.slice(0, 300)}`)
  }

  get result(): Pick<Slot, 'operations' | 'slowestMs' | 'faults'> {
    return { operations: this.operations, slowestMs: this.slowestMs, faults: this.faults }
  }
}

async function under(path: string, options: CassetteOptions, run: () => Promise<unknown>): Promise<void> {
  const cassette = await openCassette(path, { onRecordError: 'record', ...options })
  try {
    await run()
  } finally {
    // The misses that were asked for.
    await cassette.close().catch(() => {})
  }
}

const hostsOf = (addresses: Addresses): string[] =>
  Object.entries(addresses)
    .filter(([name]) => name !== 'ca' && name !== 'proxy')
    .map(([, address]) => address.replace(/^\w+:\/\//, ''))

const isFine = (view: string): boolean => !view.includes('"error"')
const isMiss = (view: string): boolean => !isFine(view) || view.includes('400')

/** The traffic of one group: recordings of what its clients ask, and what they saw. */
export class Traffic {
  readonly #travellers: readonly Traveller[]
  readonly #file: (name: string) => string
  readonly #recorded: Addresses
  readonly #live: Addresses
  readonly #views = new Map<string, string>()

  /** @param recorded of servers that are gone after `record`; @param live of servers that stay */
  constructor(
    group: string,
    travellers: readonly Traveller[],
    folder: string,
    recorded: Addresses,
    live: Addresses,
  ) {
    this.#travellers = travellers
    this.#file = (name) => join(folder, `${group.replaceAll(/[^a-z0-9]+/gi, '-')}-${name}.yaml`)
    this.#recorded = recorded
    this.#live = live
  }

  async record(): Promise<void> {
    await under(this.#file('tape'), { mode: 'all' }, async () => {
      for (const traveller of this.#travellers)
        for (const kind of traveller.kinds.filter((one) => one !== 'abandoned')) {
          const view = await within(DEADLINE_MS, () => traveller.ask(kind, this.#recorded))
          this.#views.set(`${traveller.name} ${kind}`, view)
        }
    })
    await under(this.#file('other'), { mode: 'all' }, () => fetch(`${this.#recorded.plain}/plain/other`))
  }

  async run(tally: Tally): Promise<void> {
    await this.#mixed(tally)
    await this.#missed(tally)
    await this.#recordedAnew(tally)
    await this.#unseen(tally)
  }

  /** All clients at once: replays and requests that are let through; some are left in the middle. */
  async #mixed(tally: Tally): Promise<void> {
    const options = { mode: 'none', allowPlaybackRepeats: true, ignore: hostsOf(this.#live) } as const
    await under(this.#file('tape'), options, () =>
      this.#all(async (traveller, ending, leaving) => {
        const isRecorded = (kind: Kind) => (view: string) =>
          view === this.#views.get(`${traveller.name} ${kind}`)
        const hits = async (): Promise<void> => {
          for (const kind of ending) await tally.ask(traveller, kind, this.#recorded, isRecorded(kind))
        }
        await Promise.all([
          hits(),
          ...ending.map((kind) => tally.ask(traveller, kind, this.#live, isFine)),
          ...leaving.map((kind) => tally.ask(traveller, kind, this.#live)),
        ])
        if (leaving.includes('aborted')) await tally.ask(traveller, 'aborted', this.#recorded)
        await hits()
      }),
    )
  }

  async #missed(tally: Tally): Promise<void> {
    await under(this.#file('other'), { mode: 'none' }, () =>
      this.#all(async (traveller, ending) => {
        for (const kind of ending) await tally.ask(traveller, kind, this.#recorded, isMiss)
      }),
    )
  }

  async #recordedAnew(tally: Tally): Promise<void> {
    const file = this.#file('fresh')
    await under(file, { mode: 'all' }, () =>
      this.#all(async (traveller, ending, leaving) => {
        await Promise.all([
          ...ending.map((kind) => tally.ask(traveller, kind, this.#live, isFine)),
          ...leaving.map((kind) => tally.ask(traveller, kind, this.#live)),
        ])
      }),
    )
    rmSync(file, { force: true })
  }

  /** Between cassettes. */
  #unseen(tally: Tally): Promise<void> {
    return this.#all(async (traveller, [kind]) => {
      if (kind) await tally.ask(traveller, kind, this.#live, isFine)
    })
  }

  async #all(
    run: (traveller: Traveller, ending: readonly Kind[], leaving: readonly Kind[]) => Promise<void>,
  ): Promise<void> {
    await Promise.all(
      this.#travellers.map((traveller) => {
        const ending = ENDING.filter((kind) => traveller.kinds.includes(kind))
        const leaving = LEAVING.filter((kind) => traveller.kinds.includes(kind))
        return run(traveller, ending, leaving)
      }),
    )
  }
}
