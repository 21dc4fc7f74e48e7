import type { Share, Statistics, Tokens } from '../../library/statistics.ts'
import { type Palette, PLAIN } from '../miss.ts'
import { columns, counted, durationOf, moneyOf, plural, sizeOf } from './words.ts'

const tokensIn = ({ input, output }: Tokens): string =>
  input + output === 0 ? '' : `${counted(input)} tokens in, ${counted(output)} out`

function shareLines(title: string, shares: readonly Share[], palette: Palette): string[] {
  if (shares.length === 0) return []
  const rows = shares.map(({ name, interactions, tokens }) => [
    `  ${name}`,
    counted(interactions),
    tokensIn(tokens),
  ])
  return ['', palette.bold(title), ...columns(rows, new Set([1])).map((line) => line.trimEnd())]
}

/** Renders the totals, the models and APIs, and what one replay saves. */
export function renderStatistics(statistics: Statistics, palette: Palette = PLAIN): string {
  const { cassettes, interactions, bytes, oldest, newest, saving } = statistics
  const counts = [
    [statistics.streaming, 'streamed'],
    [statistics.incomplete, 'incomplete'],
    [statistics.failed, 'failed'],
  ] as const
  const more = counts.filter(([count]) => count > 0).map(([count, what]) => `${counted(count)} ${what}`)
  const lines = [
    palette.bold(
      `${plural(cassettes, 'cassette')}, ${plural(interactions, 'interaction')}, ${sizeOf(bytes)}`,
    ),
    ...(more.length === 0 ? [] : [more.join(', ')]),
    ...(oldest === undefined || newest === undefined
      ? []
      : [`recorded from ${oldest.slice(0, 10)} to ${newest.slice(0, 10)}`]),
    ...shareLines('models', statistics.models, palette),
    ...shareLines('APIs', statistics.apis, palette),
    '',
    palette.bold('each replay saves'),
    `  ${plural(saving.calls, 'call')}${saving.waitedMs > 0 ? `, ${durationOf(saving.waitedMs)} of waiting` : ''}`,
  ]
  if (tokensIn(saving.tokens) !== '') lines.push(`  ${tokensIn(saving.tokens)}`)
  if (saving.dollars > 0) lines.push(`  ${moneyOf(saving.dollars)} by the list prices of ${saving.pricesOf}`)
  if (saving.unpriced > 0)
    lines.push(`  ${plural(saving.unpriced, 'interaction')} without a price: --prices FILE takes more`)
  return lines.join('\n')
}
