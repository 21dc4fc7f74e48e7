import type { Cassette, CassetteEntry } from '../cassette/cassette.ts'
import { defined } from '../base/defined.ts'
import { CassetteError } from '../errors/cassette-error.ts'
import { UnmeasuredError } from '../errors/unmeasured-error.ts'
import { judge, notCompared, type Judged } from './judge.ts'
import { lineOf } from './line-of.ts'
import { judgeRuns } from './runs.ts'
import { pairBy, pairRecordings } from './pair.ts'
import { digestOf } from './recorded-response.ts'
import {
  computedKeys,
  modelOf,
  type Opened,
  type Recording,
  recordingsOf,
  type SidesOptions,
  titleOf,
} from './recording.ts'
import type { GateProblem, GateRow } from './report.ts'
import { unchangedOf } from './unchanged.ts'

/** The cassettes of a folder or of a revision. */
export interface Side {
  /** As the user named it. */
  readonly name: string
  /** Paths of the files, relative to the side, sorted. */
  readonly cassettes: readonly string[]
  /** @throws {CassetteError} if the file cannot be read or is not a cassette */
  open(cassette: string): Cassette
}

export interface Compared {
  readonly rows: readonly GateRow[]
  readonly problems: readonly GateProblem[]
}

/**
 * Compares two sides, a cassette at a time: no more than two files are in memory. What has no partner in the cassette of
 * the same name may have one in another, if a file was renamed.
 * @throws {UnmeasuredError} if a side has no cassettes
 */
export function compareSides(base: Side, head: Side, options: SidesOptions): Compared {
  for (const [side, label] of [
    [base, 'base'],
    [head, 'head'],
  ] as const)
    if (side.cassettes.length === 0)
      throw new UnmeasuredError(
        `There are no cassettes in ${side.name} (the ${label}). Name the folder that holds them, or a revision that has them.`,
      )
  const comparison = new Comparison(base, head, options)
  const common = new Set(head.cassettes)
  for (const name of base.cassettes) comparison.add(name, common.has(name) ? name : undefined)
  const known = new Set(base.cassettes)
  for (const name of head.cassettes) if (!known.has(name)) comparison.add(undefined, name)
  return comparison.finish()
}

class Comparison {
  readonly #base: Side
  readonly #head: Side
  readonly #options: SidesOptions
  readonly #rows: GateRow[] = []
  readonly #problems: GateProblem[] = []
  #alone: { base: Recording[]; head: Recording[] } = { base: [], head: [] }

  constructor(base: Side, head: Side, options: SidesOptions) {
    this.#base = base
    this.#head = head
    this.#options = options
  }

  add(baseName: string | undefined, headName: string | undefined): void {
    const [baseFile, headFile] = [this.#open('base', baseName), this.#open('head', headName)]
    const { runs } = this.#options
    const same = baseFile && headFile && runs === undefined ? unchangedOf(baseFile, headFile) : []
    for (const [at] of same)
      this.#rows.push(unchangedRow(baseName ?? '', baseFile?.entries[at], this.#options))
    const base = this.#read('base', baseName, baseFile, new Set(same.map(([at]) => at)))
    const head = this.#read('head', headName, headFile, new Set(same.map(([, at]) => at)))
    if (runs !== undefined) {
      this.#rows.push(...judgeRuns(base, head, { ...this.#options, runs }))
      return
    }
    const { pairs, ...alone } = pairRecordings(base?.recordings ?? [], head?.recordings ?? [])
    for (const [a, b] of pairs) if (base && head) this.#compare([base.cassette, a], [head.cassette, b])
    // If the other side has the file but it cannot be read, nobody knows what is missing there.
    if (headName === undefined || head) this.#alone.base.push(...alone.base)
    if (baseName === undefined || base) this.#alone.head.push(...alone.head)
  }

  finish(): Compared {
    this.#pairAcross()
    for (const [only, list] of Object.entries(this.#alone) as ['base' | 'head', Recording[]][])
      for (const recording of list) this.#rows.push(this.#aloneRow(recording, only))
    return { rows: this.#rows, problems: this.#problems }
  }

  /** Renamed files; then cassettes recorded with another `matchOn`, whose stored keys cannot be compared. */
  #pairAcross(): void {
    const first = pairRecordings(this.#alone.base, this.#alone.head)
    this.#comparePairs(first.pairs)
    const bothLeft = first.base.length > 0 && first.head.length > 0
    const second = bothLeft
      ? pairBy(
          withComputedKeys(this.#base, first.base),
          withComputedKeys(this.#head, first.head),
          ({ semanticKey }) => semanticKey,
        )
      : first
    if (bothLeft) this.#comparePairs(second.pairs)
    this.#alone = { base: [...second.base], head: [...second.head] }
  }

  #comparePairs(pairs: readonly (readonly [Recording, Recording])[]): void {
    for (const [a, b] of pairs)
      this.#compare([this.#base.open(a.cassette), a], [this.#head.open(b.cassette), b])
  }

  #open(label: 'base' | 'head', name: string | undefined): Cassette | undefined {
    return this.#try(label, name, (cassette) => (label === 'base' ? this.#base : this.#head).open(cassette))
  }

  #read(
    label: 'base' | 'head',
    name: string | undefined,
    file: Cassette | undefined,
    skipped: ReadonlySet<number>,
  ): Opened | undefined {
    if (file === undefined) return undefined
    return this.#try(label, name, (cassette) => ({
      cassette: file,
      recordings: recordingsOf(file, cassette, skipped),
    }))
  }

  /** A file that cannot be read is told, and the others are compared. */
  #try<T>(label: 'base' | 'head', name: string | undefined, read: (cassette: string) => T): T | undefined {
    if (name === undefined) return undefined
    try {
      return read(name)
    } catch (error) {
      if (!isUnreadable(error)) throw error
      this.#problems.push({ side: label, cassette: name, message: error.message })
      return undefined
    }
  }

  #compare([baseFile, a]: Place, [headFile, b]: Place): void {
    const judged = judgePair(baseFile.entries[a.at], a, headFile.entries[b.at], b, this.#options)
    this.#rows.push({
      cassette: a.cassette,
      id: a.id,
      ...(a.id === b.id ? {} : { headId: b.id }),
      ...(a.cassette === b.cassette ? {} : { headCassette: b.cassette }),
      title: a.title,
      ...(judged.verdict === 'identical' ? {} : { line: lineOf(headFile, b.at) }),
      ...judged,
    })
  }

  #aloneRow(recording: Recording, only: 'base' | 'head'): GateRow {
    const { cassette, id, title } = recording
    const other = only === 'base' ? this.#head.name : this.#base.name
    const line = lineOf((only === 'base' ? this.#base : this.#head).open(cassette), recording.at)
    return {
      cassette,
      id,
      title,
      only,
      line,
      ...notCompared(`only in the ${only}: ${other} has no recording of this request`),
    }
  }
}

function withComputedKeys(side: Side, list: readonly Recording[]): Recording[] {
  return list.map((recording) => {
    try {
      const entry = side.open(recording.cassette).entries[recording.at]
      return entry === undefined ? recording : { ...recording, ...computedKeys(entry) }
    } catch (error) {
      if (isUnreadable(error)) return recording
      throw error
    }
  })
}

/** A URL that is not absolute is a TypeError. */
const isUnreadable = (error: unknown): error is Error =>
  error instanceof CassetteError || error instanceof TypeError

function unchangedRow(
  cassette: string,
  entry: CassetteEntry | undefined,
  { answers = false }: SidesOptions,
): GateRow {
  const title = entry === undefined ? '' : titleOf(entry)
  const model = answers && entry ? modelOf(entry) : undefined
  return {
    cassette,
    id: entry?.id ?? '',
    title,
    verdict: 'identical',
    changes: [],
    notes: [],
    ...defined({ model }),
  }
}

type Place = readonly [cassette: Cassette, recording: Recording]

function judgePair(
  ...[a, recordedA, b, recordedB, options]: [
    CassetteEntry | undefined,
    Recording,
    CassetteEntry | undefined,
    Recording,
    SidesOptions,
  ]
): Judged {
  try {
    const base = a && digestOf(a.read(), recordedA.api)
    const head = b && digestOf(b.read(), recordedB.api)
    const judged = judge(base, head, options.strictValues)
    if (options.answers !== true) return judged
    const answers = judged.verdict === 'identical' ? undefined : defined({ base, head })
    return { ...judged, ...defined({ answers, model: b && modelOf(b) }) }
  } catch (error) {
    if (isUnreadable(error)) return notCompared(error.message)
    throw error
  }
}
