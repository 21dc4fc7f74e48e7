import { rmSync } from 'node:fs'
import { join } from 'node:path'

import { openCassette, type CassetteOptions } from '../../src/index.ts'
import { ENDING, type Kind, type Traveller, within } from '../../test/hermetic/traveller.ts'
import type { Addresses, Slot } from './tasks.ts'

/** The time limit of an operation, ms. After it the operation counts as hanging. */
const DEADLINE_MS = 20_000

const LEAVING = ['aborted', 'abandoned'] as const

/** Counts the operations of a group and collects its faults. */
export class Tally {
  operations = 0
  slowestMs = 0
  readonly faults: string[] = []

  /** @param expected checks the view; without it, any view that ends is right */
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
    // The misses are intended.
    await cassette.close().catch(() => {})
  }
}

const hostsOf = (addresses: Addresses): string[] =>
  Object.entries(addresses)
    .filter(([name]) => name !== 'ca' && name !== 'proxy')
    .map(([, address]) => address.replace(/^\w+:\/\//, ''))

const isFine = (view: string): boolean => !view.includes('"error"')
const isMiss = (view: string): boolean => !isFine(view) || view.includes('400')

/** The traffic of one group. Keeps its recordings and what its clients saw while recording. */
export class Traffic {
  readonly #travellers: readonly Traveller[]
  readonly #file: (name: string) => string
  readonly #recorded: Addresses
  readonly #live: Addresses
  readonly #views = new Map<string, string>()

  /** @param recorded the servers that stop after `record`; @param live the servers that run all the time */
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

  /** All clients at once: replayed requests, requests that pass through, and requests that are aborted. */
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

  /** Requests while no cassette is open. */
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
