import { type Held, MEASURES } from './measure.ts'
import type { Slot } from './tasks.ts'

/**
 * The gain that does not count as growth, such as one more pooled connection at the end of a round, or code that was
 * compiled late. `heap` is in bytes. In addition, the heap may gain `HEAP_PER_OPERATION` bytes for each operation: a leaked
 * closed connection costs 17,000 bytes and more.
 */
export const SLACK: Held = { heap: 4 * 1024 * 1024, handles: 4, timers: 20, fds: 8, sockets: 8 }
export const HEAP_PER_OPERATION = 256

/**
 * Known faults, in bytes for each operation of a group: some replays over HTTP/2 keep a session while a timer of it runs.
 * To be removed when it is mended.
 */
const KNOWN: Readonly<Record<string, number>> = { 'HTTP/2': 10_000 }

const known = (slots: readonly Slot[]): number =>
  sum(slots.map(({ group, operations }) => (KNOWN[group] ?? 0) * operations))

/** With fewer rounds a third has few samples, and the pool of one undici agent (10 connections) moves its median. */
const FEW_ROUNDS = 12
const FEW_ROUNDS_SLACK: Held = { ...SLACK, handles: 16, fds: 24, sockets: 24 }

export interface GroupRow {
  readonly group: string
  readonly operations: number
  readonly slowestMs: number
  readonly faults: number
  /** The median growth of a turn, without the first third of the rounds. */
  readonly perTurn: Held
}

/** The resources that a worker held at the end of its rounds: the medians of the first and of the last third. */
export interface Span {
  readonly first: Held
  readonly last: Held
  readonly rounds: number
  /** The number of operations from the middle of the first third to the middle of the last. */
  readonly operations: number
}

export interface Verdict {
  readonly rows: readonly GroupRow[]
  readonly spans: readonly Span[]
  /** The faults, each with the name of its group. If there is none, the soak has passed. */
  readonly faults: readonly string[]
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}

const held = (of: (measure: keyof Held) => number): Held => ({
  heap: of('heap'),
  handles: of('handles'),
  timers: of('timers'),
  fds: of('fds'),
  sockets: of('sockets'),
})

const medianOf = (part: readonly Held[]): Held => held((measure) => median(part.map((one) => one[measure])))
const growth = ({ before, after }: Slot, measure: keyof Held): number => after[measure] - before[measure]
const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)

function spanOf(slots: readonly Slot[]): Span {
  const rounds = [...Map.groupBy(slots, ({ round }) => round).values()]
  const ends = rounds.map((round) => round.at(-1)?.after).filter((end) => end !== undefined)
  const third = Math.max(1, Math.floor(ends.length / 3))
  const operations = sum(slots.map((slot) => slot.operations))
  return {
    first: medianOf(ends.slice(0, third)),
    last: medianOf(ends.slice(-third)),
    rounds: rounds.length,
    operations: Math.round((operations * (ends.length - third)) / Math.max(1, ends.length)),
  }
}

/** The turns of a group after its warm-up. */
const warm = (slots: readonly Slot[]): readonly Slot[] => slots.slice(Math.floor(slots.length / 3))

function rowOf(group: string, slots: readonly Slot[]): GroupRow {
  return {
    group,
    operations: sum(slots.map((slot) => slot.operations)),
    slowestMs: Math.max(...slots.map((slot) => slot.slowestMs)),
    faults: sum(slots.map((slot) => slot.faults.length)),
    perTurn: held((measure) => median(warm(slots).map((slot) => growth(slot, measure)))),
  }
}

const allowed = (measure: keyof Held, operations: number, rounds: number): number =>
  (rounds < FEW_ROUNDS ? FEW_ROUNDS_SLACK : SLACK)[measure] +
  (measure === 'heap' ? HEAP_PER_OPERATION * operations : 0)

/** Finds the growth of a group: the median of its turns times their number. So one big turn does not count as growth. */
function growing(group: string, slots: readonly Slot[], grown: number): string[] {
  const counted = warm(slots)
  const operations = sum(counted.map((slot) => slot.operations))
  // Only the heap is compared: other groups may close sockets and timers that this group left open.
  const total = median(counted.map((slot) => growth(slot, 'heap'))) * counted.length
  if (total <= allowed('heap', operations, slots.length) + known(counted)) return []
  // The pools of a group may close in the turns of other groups, which then give its memory back.
  if (grown < total / 2) return []
  return [`${group}: heap grows by ${Math.round(total / operations)} bytes an operation`]
}

/** The group whose turns have gained the most. */
function culprit(slots: readonly Slot[], measure: keyof Held): string {
  const groups = [...Map.groupBy(slots, ({ group }) => group)]
  const gains = groups.map(([group, own]) => ({
    group,
    gain: sum(warm(own).map((slot) => growth(slot, measure))),
  }))
  return gains.toSorted((a, b) => b.gain - a.gain)[0]?.group ?? 'nobody'
}

/**
 * Judges a soak.
 * @param workers the slots of each worker, in order
 */
export function judge(workers: readonly (readonly Slot[])[]): Verdict {
  const spans = workers.map(spanOf)
  const faults: string[] = []
  for (const [i, { first, last, operations, rounds }] of spans.entries())
    for (const measure of MEASURES)
      if (
        last[measure] - first[measure] >
        allowed(measure, operations, rounds) + (measure === 'heap' ? known(warm(workers[i] ?? [])) : 0)
      )
        faults.push(
          `${culprit(workers[i] ?? [], measure)}: ${measure} of the process grows, ${first[measure]} to ${last[measure]}`,
        )
  const groups = workers.flatMap((slots, i) =>
    [...Map.groupBy(slots, ({ group }) => group)].map(([group, own]) => ({ group, own, span: spans[i] })),
  )
  for (const { group, own, span } of groups) {
    faults.push(...growing(group, own, (span?.last.heap ?? 0) - (span?.first.heap ?? 0)))
    for (const fault of new Set(own.flatMap((slot) => slot.faults))) faults.push(`${group}: ${fault}`)
  }
  return { rows: groups.map(({ group, own }) => rowOf(group, own)), spans, faults }
}
