import type { CassetteFacts } from '../../library/facts.ts'
import { type Palette, PLAIN } from '../miss.ts'
import { ageOf, columns, counted, plural, sizeOf } from './words.ts'

export interface ListOptions {
  /** Milliseconds since the epoch. */
  readonly now: number
  /** Recordings older than this many ms are stale. */
  readonly maxAgeMs?: number
  readonly palette?: Palette
}

/** Renders a line for each cassette: interactions, size, age of the oldest recording, models, and what is wrong with it. */
export function renderList(cassettes: readonly CassetteFacts[], options: ListOptions): string {
  const { palette = PLAIN } = options
  if (cassettes.length === 0) return 'no cassettes'
  const rows = cassettes.map((cassette) => rowOf(cassette, options))
  const [head = '', ...lines] = columns(
    [['cassette', 'interactions', 'size', 'age', 'models', ''], ...rows],
    new Set([1, 2]),
  )
  const total = cassettes.reduce((sum, { interactions }) => sum + interactions.length, 0)
  const end = `${plural(cassettes.length, 'cassette')}, ${plural(total, 'interaction')}`
  return [palette.bold(head.trimEnd()), ...lines.map((line) => line.trimEnd()), '', end].join('\n')
}

function rowOf({ path, bytes, interactions, incomplete }: CassetteFacts, options: ListOptions): string[] {
  const oldest = interactions.map(({ recordedAt }) => recordedAt).toSorted()[0]
  const models = [...new Set(interactions.flatMap(({ model }) => model ?? []))]
  const marks = [
    incomplete || interactions.some((one) => one.incomplete) ? 'incomplete' : '',
    isStale(oldest, options) ? 'stale' : '',
    interactions.some(({ failed }) => failed) ? 'has errors' : '',
  ].filter((mark) => mark !== '')
  return [
    path,
    counted(interactions.length),
    sizeOf(bytes),
    oldest === undefined ? '' : ageOf(oldest, options.now),
    models.length > 3 ? `${models.slice(0, 3).join(', ')} and ${models.length - 3} more` : models.join(', '),
    marks.join(', '),
  ]
}

const isStale = (iso: string | undefined, { now, maxAgeMs }: ListOptions): boolean =>
  iso !== undefined && maxAgeMs !== undefined && now - Date.parse(iso) > maxAgeMs
