import type { StoredMatch } from '../interaction.ts'

/** What the first lines of an item tell, without reading the item. `undefined`: read the item. */
export interface Summary {
  readonly id: string | undefined
  readonly recordedAt: string | undefined
  readonly method: string | undefined
  readonly url: string | undefined
}

/** How many bytes after an item's dash are looked at. */
export const SUMMARY_BYTES = 8192
/** How many of them are looked at first: mostly all is there. */
export const FIRST_BYTES = 1024

export const isWhole = (summary: Summary): boolean =>
  summary.id !== undefined &&
  summary.recordedAt !== undefined &&
  summary.method !== undefined &&
  summary.url !== undefined

const MATCH_LINE =
  /^ *match: \{key: ('?)([0-9a-f]{64})\1, semantic_key: ('?)([0-9a-f]{64})\3, on: \[([^"[\]{}]*)\], api: ([a-z][\w.-]*), v: (\d{1,9})\}[ \t]*\r?\n$/
const MAX_LISTS = 100
const FIELD_NAME = /^(?:([A-Za-z_][\w.-]*)|'([^']*)')$/

/**
 * @param top the item's first bytes, from its dash
 * @param column the column of its keys
 */
export function readSummary(top: string, column: number): Summary {
  const patterns = patternsOf(column)
  const found = (pattern: RegExp): string | undefined => pattern.exec(top)?.[1]
  return {
    id: found(patterns.id),
    recordedAt: found(patterns.recordedAt),
    method: found(patterns.method),
    url: found(patterns.url),
  }
}

/** Matches the lines of an item whose keys are at this column. No line inside a value starts at that column. */
const patternsOf = (() => {
  const known = new Map<number, { readonly [Key in keyof Summary]-?: RegExp }>()
  return (column: number) => {
    let patterns = known.get(column)
    if (patterns === undefined) {
      const key = `\\r?\\n {${column}}`
      const end = '[ \\t]*\\r?\\n'
      const method = `${key}request:${end} {${column + 1},}method: ([A-Z]+)${end}`
      patterns = {
        id: new RegExp(`^- +id: ([\\w.-]+)${end}`),
        recordedAt: new RegExp(`${key}recorded_at: (\\d{4}-[\\d:.TZ+-]+)${end}`),
        method: new RegExp(method),
        url: new RegExp(`${method.replace('([A-Z]+)', '[A-Z]+')} +url: (https?://[^\\s'"]+)${end}`),
      }
      known.set(column, patterns)
    }
    return patterns
  }
})()

/** The `match` of an item from its line. `undefined`: the line is not as the writer writes it. */
export function readMatchLine(line: string | undefined): StoredMatch | undefined {
  const parts = line === undefined ? null : MATCH_LINE.exec(line)
  if (parts === null) return undefined
  const [, , key, , semanticKey, list, api, version] = parts
  const on = namesIn(list ?? '')
  if (key === undefined || semanticKey === undefined || api === undefined || !on) return undefined
  return { key, semantic_key: semanticKey, on, api, v: Number(version) }
}

/** The names of a list. The recordings of a file share few lists, which are then the same object. */
const namesIn = (() => {
  const known = new Map<string, readonly string[] | undefined>()
  return (list: string): readonly string[] | undefined => {
    if (known.has(list)) return known.get(list)
    const on = list.split(', ').map((name) => FIELD_NAME.exec(name))
    const names = on.flatMap((match) => match?.[1] ?? match?.[2] ?? [])
    const read = list !== '' && names.length !== on.length ? undefined : Object.freeze(names)
    if (known.size >= MAX_LISTS) known.clear()
    known.set(list, read)
    return read
  }
})()
