import type { GateRow } from './report.ts'

/** One change that a person has accepted. */
export interface Accepted {
  readonly cassette: string
  readonly interaction: string
  readonly path: string
  readonly reason: string
  /** `2026-11-28` */
  readonly date: string
  /** 16 hex digits of what was accepted: another change in the same place is a new one. */
  readonly change: string
}

/** The file of accepted changes. A person reads it in review. */
export interface AcceptedFile {
  readonly version: 1
  readonly accepted: readonly Accepted[]
}

const FIELDS = ['cassette', 'interaction', 'path', 'reason', 'date', 'change'] as const

/** @returns the accepted changes, or what is wrong with the text */
export function parseAccepted(text: string): readonly Accepted[] | { readonly problem: string } {
  let file: unknown
  try {
    file = JSON.parse(text)
  } catch (error) {
    return { problem: `is not JSON: ${error instanceof Error ? error.message : String(error)}` }
  }
  const list = isMapping(file) ? file['accepted'] : undefined
  if (!isMapping(file) || file['version'] !== 1 || !Array.isArray(list))
    return { problem: 'is not {"version": 1, "accepted": [...]}' }
  for (const [at, entry] of (list as unknown[]).entries()) {
    const missing = FIELDS.find((field) => !isMapping(entry) || typeof entry[field] !== 'string')
    if (missing !== undefined) return { problem: `has no text for accepted[${at}].${missing}` }
    if (isMapping(entry) && String(entry['reason']).trim() === '')
      return { problem: `has no reason for accepted[${at}]` }
  }
  return list as Accepted[]
}

export const renderAccepted = (accepted: readonly Accepted[]): string => {
  const file: AcceptedFile = { version: 1, accepted: accepted.toSorted(byPlace) }
  return `${JSON.stringify(file, null, 2)}\n`
}

const isMapping = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const placeOf = ({ cassette, interaction, path }: Accepted): string =>
  JSON.stringify([cassette, interaction, path])

const byPlace = (a: Accepted, b: Accepted): number => (placeOf(a) < placeOf(b) ? -1 : 1)

/** Marks what was accepted. A row without any other regression is not one. */
export function applyAccepted(rows: readonly GateRow[], accepted: readonly Accepted[]): GateRow[] {
  const known = new Map(accepted.map((entry) => [placeOf(entry), entry]))
  return rows.map((row) => {
    if (row.verdict !== 'regression' && row.verdict !== 'benign') return row
    const changes = row.changes.map((change) => {
      const entry = known.get(JSON.stringify([row.cassette, row.id, change.path]))
      if (entry === undefined || entry.change !== change.hash) return change
      return { ...change, accepted: { reason: entry.reason, date: entry.date } }
    })
    return { ...row, changes }
  })
}

/** The entries that accept every change of a row; those of the same places are replaced. */
export function accept(
  row: GateRow,
  accepted: readonly Accepted[],
  why: { readonly reason: string; readonly date: string },
): Accepted[] {
  const added = row.changes.map((change) => ({
    cassette: row.cassette,
    interaction: row.id,
    path: change.path,
    ...why,
    change: change.hash,
  }))
  const places = new Set(added.map(placeOf))
  return [...accepted.filter((entry) => !places.has(placeOf(entry))), ...added]
}
