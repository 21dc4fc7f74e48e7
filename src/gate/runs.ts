import { compareDigests } from '../drift/compare.ts'
import type { Change, Digest } from '../drift/types.ts'
import { CassetteError } from '../errors/cassette-error.ts'
import { type Judged, notCompared, withAxis } from './judge.ts'
import { lineOf } from './line-of.ts'
import { MIN_RUNS, permutationTest, SIGNIFICANT, smallestP } from './permutation.ts'
import { digestOf } from './recorded-response.ts'
import type { Opened, Recording, SidesOptions } from './recording.ts'
import type { GateRow } from './report.ts'

/** What the test can tell, in words. `undefined`: with so few recordings, nothing. */
export function runsInWords(runs: number): string | undefined {
  if (runs < MIN_RUNS) return undefined
  return (
    `${runs} recordings a side: a difference counts if chance gives it in less than ${percent(SIGNIFICANT)} of cases ` +
    `(here ${percent(smallestP(runs, runs))} at best). With so few, only a change that nearly always happens is told from noise.`
  )
}

const percent = (share: number): string => `${Number((share * 100).toPrecision(2))} %`

type RunOptions = SidesOptions & { readonly runs: number }

/** Judges every interaction of a cassette by all its recordings on both sides. */
export function judgeRuns(
  base: Opened | undefined,
  head: Opened | undefined,
  options: RunOptions,
): GateRow[] {
  const groups = new Map<string, { base: Recording[]; head: Recording[] }>()
  const add = (side: 'base' | 'head', recordings: readonly Recording[] = []): void => {
    for (const recording of recordings) {
      const group = groups.get(recording.key) ?? { base: [], head: [] }
      group[side].push(recording)
      groups.set(recording.key, group)
    }
  }
  add('base', base?.recordings)
  add('head', head?.recordings)
  return [...groups.values()].flatMap((group) => rowOf(group, base, head, options))
}

function rowOf(
  group: { readonly base: readonly Recording[]; readonly head: readonly Recording[] },
  base: Opened | undefined,
  head: Opened | undefined,
  options: RunOptions,
): GateRow[] {
  const first = group.base[0] ?? group.head[0]
  if (first === undefined) return []
  const { cassette, id, title } = first
  const [place, file] = group.head[0] ? [group.head[0], head] : [group.base[0], base]
  const line = place && file ? lineOf(file.cassette, place.at) : 1
  const judged = judgeGroup(digestsOf(group.base, base), digestsOf(group.head, head), options)
  return [{ cassette, id, title, ...judged, ...(judged.verdict === 'identical' ? {} : { line }) }]
}

function digestsOf(recordings: readonly Recording[], file: Opened | undefined): (Digest | undefined)[] {
  return recordings.map(({ at, api }) => {
    try {
      const entry = file?.cassette.entries[at]
      return entry && digestOf(entry.read(), api)
    } catch (error) {
      if (error instanceof CassetteError) return undefined
      throw error
    }
  })
}

function judgeGroup(
  base: readonly (Digest | undefined)[],
  head: readonly (Digest | undefined)[],
  { runs, strictValues }: RunOptions,
): Judged & Pick<GateRow, 'only'> {
  const [a, b] = [base.filter(isThere), head.filter(isThere)]
  if (a.length < runs || b.length < runs)
    return {
      ...notCompared(
        `${runs} recordings a side are needed, the base has ${a.length} and the head ${b.length}`,
      ),
      ...(a.length === 0 ? { only: 'head' } : b.length === 0 ? { only: 'base' } : {}),
    }
  const all = [...a, ...b]
  const compared = new Map<string, readonly Change[]>()
  const changesOf = (x: number, y: number): readonly Change[] => {
    const key = `${x} ${y}`
    const known =
      compared.get(key) ?? compareDigests(digestAt(all, x), digestAt(all, y), { strictValues }).changes
    compared.set(key, known)
    return known
  }
  const across = a.flatMap((_, x) => b.flatMap((_unused, y) => changesOf(x, a.length + y)))
  const regressions = [...firstOfEach(across.filter(({ verdict }) => verdict === 'regression')).entries()]
  const isThereBetween = (key: string, x: number, y: number): boolean =>
    [...changesOf(x, y), ...changesOf(y, x)].some((one) => one.verdict === 'regression' && keyOf(one) === key)
  const noise: string[] = []
  const told = regressions.flatMap(([key, change]) => {
    const test = permutationTest(a.length, b.length, (x, y) => (isThereBetween(key, x, y) ? 1 : 0))
    if (test.p < SIGNIFICANT) return [change]
    noise.push(`noise: ${change.path} also differs without the change (p = ${test.p.toFixed(2)})`)
    return []
  })
  const benign = [...firstOfEach(across.filter(({ verdict }) => verdict === 'benign')).values()]
  const changes = [...told, ...benign].map(withAxis)
  const verdict =
    told.length > 0 ? 'regression' : benign.length > 0 || noise.length > 0 ? 'benign' : 'identical'
  return { verdict, changes, notes: noise }
}

const isThere = (digest: Digest | undefined): digest is Digest => digest !== undefined

const keyOf = ({ rule, path }: Change): string => `${rule} ${path}`

function firstOfEach(changes: readonly Change[]): Map<string, Change> {
  const first = new Map<string, Change>()
  for (const change of changes) if (!first.has(keyOf(change))) first.set(keyOf(change), change)
  return first
}

function digestAt(all: readonly Digest[], index: number): Digest {
  const digest = all[index]
  if (digest === undefined) throw new RangeError(`no recording ${index}`)
  return digest
}
