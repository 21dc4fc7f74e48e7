import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

import type { Digest } from '../../drift/types.ts'
import { CassetteError } from '../../errors/cassette-error.ts'
import { printLine } from '../../session/process/stderr.ts'
import { digestOfValue, isFetchResponse, readFetchResponse } from '../../snapshot/answer.ts'
import { regressionOf, storable } from '../../snapshot/compare.ts'
import { parseSnapshots, renderSnapshots, snapshotPath } from '../../snapshot/file.ts'

export interface SnapshotOptions {
  /** Names the snapshot in its file. Default: its number in the test, from 1. */
  readonly name?: string
  /** The label of the API, as `fingerprint` gives it. Default: it is told from the answer. */
  readonly api?: string
  /** Judge the values in structured output, not only its shape. Default: `false` */
  readonly strictValues?: boolean
}

/** What a runner does with snapshots: `all` replaces them, `new` adds missing ones, `none` writes nothing. */
export type SnapshotUpdate = 'all' | 'new' | 'none'

export interface SnapshotOutcome {
  readonly pass: boolean
  readonly message: string
}

const isSet = (name: string): boolean => !['', 'false', '0'].includes(process.env[name] ?? '')

/** The update mode without a flag of the runner. */
export function updateOfEnvironment(): SnapshotUpdate {
  if (isSet('CASSETTE_UPDATE_SNAPSHOTS')) return 'all'
  return isSet('CI') ? 'none' : 'new'
}

/** The LLM snapshots of one test. */
export class TestSnapshots {
  readonly #path: string
  readonly #redact: () => (text: string) => string
  readonly #used = new Set<string>()
  readonly #pending = new Set<Promise<unknown>>()
  #unseen: Error | undefined
  #count = 0
  #update: SnapshotUpdate = 'none'
  #stored: Map<string, Digest> | undefined

  /**
   * @param cassette the path of the test's cassette
   * @param redact makes what removes secrets from a text
   */
  constructor(cassette: string, redact: () => (text: string) => string) {
    this.#path = snapshotPath(cassette)
    this.#redact = redact
  }

  /**
   * Compares a value with its snapshot. The result of a response of fetch comes later; if nobody awaits it, `settle` does.
   * @throws {CassetteOptionError} if the value is no answer
   * @throws {CassetteError} (CASSETTE_SNAPSHOT) if the file cannot be read or written
   */
  check(
    value: unknown,
    options: SnapshotOptions,
    update: SnapshotUpdate,
  ): SnapshotOutcome | Promise<SnapshotOutcome> {
    const name = options.name ?? String(++this.#count)
    this.#used.add(name)
    this.#update = update
    if (!isFetchResponse(value)) return this.#compare(value, name, options)
    const result = readFetchResponse(value).then((read) => this.#compare(read, name, options))
    const settled = result.then(
      ({ pass, message }) => void (pass || (this.#unseen ??= new Error(message))),
      (error: unknown) => void (this.#unseen ??= error as Error),
    )
    this.#pending.add(settled)
    return result
  }

  /** Waits for what is still compared. @returns the first failure */
  async settle(): Promise<Error | undefined> {
    await Promise.all(this.#pending)
    return this.#unseen
  }

  /** Reports snapshots that the test no longer uses; an update removes them. Call it if the test has passed. */
  finish(): void {
    if (!existsSync(this.#path)) return
    const stored = this.#load()
    const left = [...stored.keys()].filter((name) => !this.#used.has(name))
    if (left.length === 0) return
    if (this.#update !== 'all') {
      const names = left.map((name) => JSON.stringify(name)).join(', ')
      printLine(`cassette: ${this.#path} has LLM snapshots that its test no longer uses: ${names}`)
      return
    }
    for (const name of left) stored.delete(name)
    this.#write()
  }

  #compare(value: unknown, name: string, { api, strictValues = false }: SnapshotOptions): SnapshotOutcome {
    const current = storable(digestOfValue(value, api), this.#redact())
    const stored = this.#load()
    const old = stored.get(name)
    const label = `The LLM snapshot ${JSON.stringify(name)} of ${this.#path}`
    if (old === undefined && this.#update === 'none')
      return {
        pass: false,
        message: `${label} does not exist, and CI writes none. Run the test once without CI.`,
      }
    const change = old && regressionOf(old, current, strictValues)
    if (old === undefined || (this.#update === 'all' && JSON.stringify(old) !== JSON.stringify(current))) {
      stored.set(name, current)
      this.#write()
    } else if (change !== undefined)
      return {
        pass: false,
        message: `${label} is another answer:\n${change}\nUpdate the snapshot if this is fine.`,
      }
    return { pass: true, message: `${label} is the same answer.` }
  }

  #load(): Map<string, Digest> {
    if (this.#stored) return this.#stored
    let text: string | undefined
    try {
      text = existsSync(this.#path) ? readFileSync(this.#path, 'utf8') : undefined
    } catch (cause) {
      throw new CassetteError('CASSETTE_SNAPSHOT', `${this.#path} cannot be read.`, { cause })
    }
    const parsed = text === undefined ? new Map<string, Digest>() : parseSnapshots(text)
    if ('problem' in parsed)
      throw new CassetteError(
        'CASSETTE_SNAPSHOT',
        `${this.#path} ${parsed.problem}. Correct it, or delete it.`,
      )
    return (this.#stored = new Map(parsed))
  }

  #write(): void {
    try {
      if (this.#load().size === 0) return rmSync(this.#path, { force: true })
      mkdirSync(dirname(this.#path), { recursive: true })
      writeFileSync(this.#path, renderSnapshots(this.#load()))
    } catch (cause) {
      throw new CassetteError('CASSETTE_SNAPSHOT', `${this.#path} cannot be written.`, { cause })
    }
  }
}
