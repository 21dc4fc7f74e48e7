import { defined } from '../../base/defined.ts'
import type { Facts } from '../../library/facts.ts'
import { type Bar, barChart } from '../html/charts.ts'
import { escapeHtml, renderPage } from '../html/page.ts'
import { cut } from '../html/word-changes.ts'
import type { ShownInteraction } from './conversation.ts'
import { durationOf, plural } from './words.ts'

/** The conversations of a cassette as a page: one file, without a request to anywhere. */
export function conversationPage(path: string, shown: readonly ShownInteraction[]): string {
  const title = `${path}: ${plural(shown.length, 'interaction')}`
  const facts = shown.map((one) => one.facts)
  return renderPage({
    title,
    summary: [
      `<h1>${escapeHtml(title)}</h1>`,
      `<div class="charts">${[
        barChart(
          'Interactions by API',
          sums(
            facts,
            ({ api }) => api,
            () => 1,
          ),
        ),
        barChart(
          'Output tokens by model',
          sums(
            facts,
            ({ model }) => model,
            ({ usage }) => usage?.output ?? 0,
          ),
        ),
        barChart(
          'Time to the response, ms',
          sums(
            facts,
            ({ id }) => id,
            ({ delayMs }) => delayMs,
          ).slice(0, 8),
        ),
      ].join('')}</div>`,
    ].join('\n'),
    data: { rows: shown.map((one) => rowOf(path, one)) },
  })
}

/** A bar for each name, the longest first. Without those that are 0. */
function sums(
  all: readonly Facts[],
  nameOf: (one: Facts) => string | undefined,
  valueOf: (one: Facts) => number,
): Bar[] {
  return [...Map.groupBy(all, nameOf)]
    .map(([label = '(none)', own]) => ({
      label,
      value: own.reduce((sum, one) => sum + valueOf(one), 0),
      fill: 'f-link',
    }))
    .filter(({ value }) => value > 0)
    .toSorted((a, b) => b.value - a.value)
}

/** What the script of the page reads. */
function rowOf(path: string, { facts, turns }: ShownInteraction): object {
  const { delayMs, failed, id, incomplete, model, recordedAt, status, title, usage } = facts
  const tokens = usage === undefined ? [] : [`${usage.input} tokens in, ${usage.output} out`]
  return {
    place: id,
    cassette: path,
    title: status === undefined ? title : `${title} ${status}`,
    verdict: failed ? 'failed' : incomplete ? 'not complete' : 'answered',
    ...defined({ model }),
    changes: [],
    notes: [`recorded on ${recordedAt}`, ...tokens, ...(delayMs > 0 ? [durationOf(delayMs)] : [])],
    turns: turns.map(({ text, ...turn }) => ({ ...turn, text: cut(text) })),
    find: turns.map(({ text }) => text.slice(0, 2000)).join(' '),
  }
}
