import { bufferOf } from '../../base/bytes.ts'
import { defined } from '../../base/defined.ts'
import type { CassetteEntry } from '../../cassette/cassette.ts'
import type { Interaction } from '../../cassette/interaction.ts'
import type { StoredSince } from '../../cassette/since.ts'
import { rangeName, rangeOf } from '../../exchange/since.ts'
import { said } from './former-delays.ts'

/** A recorded interaction, before its id is known. */
export interface RecordedText {
  /** The order in which requests started. */
  readonly sequence: number
  readonly matchKey: string
  /** The text that the journal has. */
  readonly text: string
  /** Present if it may get marks. Its present marks are sequence numbers. */
  readonly interaction?: Interaction
}

interface Numbered extends RecordedText {
  readonly id: string
}

/**
 * The interactions that get marks (`since`), at their indices in `recorded`. Marks are ids of recorded interactions. An
 * interaction that says the same as its former recording keeps the former marks, so that the same traffic makes the same bytes.
 * @param recorded in the order of the file
 */
export function orderMarks(
  recorded: readonly Numbered[],
  former: readonly CassetteEntry[],
): readonly (Interaction | undefined)[] {
  const places = new Places(recorded)
  const before = new Map(former.map((entry) => [entry.id, entry]))
  return recorded.map(({ id, interaction }, index) => {
    if (!interaction) return undefined
    const entry = before.get(id)
    const kept = entry && formerMarks(entry, interaction)
    const isWhole = kept?.every(([, ...names]) => names.every((name) => places.has(name)))
    const since = isWhole ? kept : named(interaction.response?.since, index, places)
    const isMarked = since ?? interaction.response?.since
    return isMarked && withMarks({ ...interaction, id }, since)
  })
}

/** An interaction as the journal has it, before ids are certain: marks name what was sent by the run and the sequence number. */
export function forJournal(interaction: Interaction, run: string, sequence: number): Interaction {
  const nameOf = (number: string | number): string => `${run}-${number}`
  const since = interaction.response?.since?.map(
    ([place, ...names]) =>
      [
        place,
        ...names.map((name) => {
          const [first, last] = rangeOf(name)
          return rangeName(nameOf(first), nameOf(last))
        }),
      ] as const,
  )
  return { ...withMarks(interaction, since), sent: nameOf(sequence) }
}

export function withMarks(interaction: Interaction, since: StoredSince | undefined): Interaction {
  const { response } = interaction
  if (!response) return interaction
  const { since: _, ...rest } = response
  return { ...interaction, response: { ...rest, ...defined({ since }) } }
}

/** Whether an entry has marks. It is read only if it may have. */
export function marksOf(entry: CassetteEntry): StoredSince | undefined {
  const { text } = entry
  const mayHave = (typeof text === 'string' ? text : bufferOf(text)).includes('since:')
  return mayHave ? entry.read().response?.since : undefined
}

function formerMarks(entry: CassetteEntry, interaction: Interaction): StoredSince | undefined {
  const marks = marksOf(entry)
  return marks && said(entry.read()) === said(interaction) ? marks : undefined
}

/** The marks by ids; `undefined`: none is left. */
function named(since: StoredSince | undefined, own: number, places: Places): StoredSince | undefined {
  const marks = (since ?? []).map(([place, ...names]) => [place, ...places.named(names, own)] as const)
  const left = marks.filter((mark) => mark.length > 1)
  return left.length === 0 ? undefined : left
}

/** Where the interactions stand in the file. */
class Places {
  readonly #recorded: readonly Numbered[]
  readonly #ids: ReadonlySet<string>

  constructor(recorded: readonly Numbered[]) {
    this.#recorded = recorded
    this.#ids = new Set(recorded.map(({ id }) => id))
  }

  /** Whether an id, or both ids of a range, are there. */
  has(name: string): boolean {
    return rangeOf(name).every((id) => this.#ids.has(id))
  }

  /** Sequence numbers as ids. Requests that were not recorded are left out. A range does not end at the interaction itself. */
  named(names: readonly string[], own: number): string[] {
    const runs: { first: number; last: number }[] = []
    for (const name of names) {
      const [from, to] = rangeOf(name).map(Number) as [number, number]
      let first = this.#placeOf(from)
      let last = this.#placeOf(to + 1) - 1
      if (first === own) first++
      if (last === own) last--
      if (last < first) continue
      const run = runs.at(-1)
      const gap = run && first - run.last
      if (run && (gap === 1 || (gap === 2 && run.last + 1 === own))) run.last = last
      else runs.push({ first, last })
    }
    const idAt = (place: number): string => this.#recorded[place]?.id ?? ''
    return runs.map(({ first, last }) => rangeName(idAt(first), idAt(last)))
  }

  /** The index of the first interaction with at least this sequence number. */
  #placeOf(sequence: number): number {
    let [low, high] = [0, this.#recorded.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#recorded[middle]?.sequence ?? Infinity) < sequence) low = middle + 1
      else high = middle
    }
    return low
  }
}
