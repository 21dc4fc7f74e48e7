/** `1,234` */
export const counted = (value: number): string => value.toLocaleString('en-US')

/** `1 cassette`, `2 cassettes` */
export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${counted(count)} ${count === 1 ? one : many}`

/** `812 B`, `1.4 KB`, `23 MB` */
export function sizeOf(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  const [unit, value] =
    bytes < 1_000_000 ? (['KB', bytes / 1000] as const) : (['MB', bytes / 1_000_000] as const)
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${unit}`
}

/** `512 ms`, `3.2 s`, `4 min`, `3 h` */
export function durationOf(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  const seconds = ms / 1000
  if (seconds < 100) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`
  return seconds < 6000 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`
}

const DAY_MS = 86_400_000

/** How long ago: `today`, `3 days`, `5 months`, `2 years`. A time to come is `today`. */
export function ageOf(iso: string, now: number): string {
  const days = Math.max(0, Math.floor((now - Date.parse(iso)) / DAY_MS))
  if (Number.isNaN(days)) return 'unknown'
  if (days < 1) return 'today'
  if (days < 60) return plural(days, 'day')
  return days < 730 ? plural(Math.floor(days / 30.44), 'month') : plural(Math.floor(days / 365.25), 'year')
}

/** `$0.0042`, `$12.30`, `less than $0.0001` */
export const moneyOf = (dollars: number): string =>
  dollars < 0.0001 ? 'less than $0.0001' : `$${dollars.toFixed(dollars < 1 ? 4 : 2)}`

/** Lines of cells in columns. The columns at `right` are aligned to the right. The last column is not padded. */
export function columns(
  rows: readonly (readonly string[])[],
  right: ReadonlySet<number> = new Set(),
): string[] {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)))
  return rows.map((row) =>
    row
      .map((cell, at) => {
        const width = widths[at] ?? 0
        if (right.has(at)) return cell.padStart(width)
        return at === row.length - 1 ? cell : cell.padEnd(width)
      })
      .join('  '),
  )
}
