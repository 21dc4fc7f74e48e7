import { type Palette, PLAIN } from './miss.ts'

export interface RebaseReport {
  readonly path: string
  readonly rebased: readonly {
    readonly from: string
    readonly to: string
    readonly paths: readonly string[]
  }[]
  readonly skipped: readonly { readonly method: string; readonly url: string; readonly reason: string }[]
}

/** Renders what a rebase changed in a cassette, and which misses it skipped. */
export function renderRebase({ path, rebased, skipped }: RebaseReport, palette: Palette = PLAIN): string {
  const lines = [`${palette.bold(path)}: ${rebased.length} rebased, ${skipped.length} left`]
  for (const { from, to, paths } of rebased)
    lines.push(
      `  ${palette.red(from)} is now ${palette.green(to)}`,
      ...(paths.length > 0 ? paths.map((one) => `    ${one}`) : ['    nothing that is compared']),
    )
  for (const { method, url, reason } of skipped)
    lines.push(`  ${palette.dim('left:')} ${method} ${url}: ${reason}`)
  return `${lines.join('\n')}\n`
}
