import { defined } from '../../base/defined.ts'
import type { MigrationReport, Totals } from '../../migration/report.ts'
import { COMPARATORS, type MigrationRow } from '../../migration/rows.ts'
import { type Bar, barChart } from '../html/charts.ts'
import { choicesOf } from '../html/choices.ts'
import { escapeHtml, renderPage } from '../html/page.ts'
import { costText, firstLine, GROUP_TITLES, groupCells, scoreText } from './words.ts'

/** A page to look at: one file, without a request to anywhere. */
export function renderHtml(report: MigrationReport): string {
  const { categories, all, corpus, problems, target } = report
  const line = firstLine(report)
  const groups = categories.length > 1 ? [...categories, all] : [all]
  return renderPage({
    title: line,
    summary: [
      `<h1>${escapeHtml(line)}</h1>`,
      `<p class="dim">${escapeHtml(corpus)} → ${escapeHtml(target)}</p>`,
      ...problems.map((problem) => `<p><strong>unreadable</strong> ${escapeHtml(problem)}</p>`),
      `<div class="wide" tabindex="0" role="region" aria-label="Categories"><table><thead>${cells('th', GROUP_TITLES)}</thead>`,
      `<tbody>${groups.map((group) => cells('td', groupCells(group))).join('')}</tbody></table></div>`,
      `<div class="charts">${charts(report)}</div>`,
    ].join('\n'),
    data: { rows: report.rows.map(rowOf), sides: ['recorded', target] },
  })
}

const cells = (tag: string, list: readonly string[]): string =>
  `<tr>${list.map((text) => `<${tag}>${escapeHtml(text)}</${tag}>`).join('')}</tr>`

const FILLS = { passed: 'f-good', failed: 'f-bad', review: 'f-link' } as const

function charts({ all, comparators, counts, rows }: MigrationReport): string {
  const outcomes = Object.entries(counts)
    .filter(([, value]) => value > 0)
    .map(([label, value]) => ({ label, value, fill: FILLS[label as keyof typeof FILLS] ?? 'f-warn' }))
  const scores = COMPARATORS.filter((name) => comparators.includes(name)).map((label) => ({
    label,
    value: Math.round(100 * mean(rows.flatMap((row) => scoreOf(row, label) ?? []))),
    fill: 'f-link',
  }))
  const sides = (name: keyof Totals): Bar[] =>
    (['recorded', 'target'] as const).map((label) => ({
      label,
      value: Math.round(all[label][name] ?? 0),
      fill: label === 'recorded' ? 'f-dim' : 'f-link',
    }))
  return [
    barChart('Rows by outcome', outcomes),
    barChart('Mean score, percent', scores),
    barChart('Output tokens', sides('outputTokens')),
    barChart('Median latency, ms', sides('latencyMs')),
  ].join('')
}

const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length

/** A score from 0 to 1. */
function scoreOf({ scores }: MigrationRow, name: (typeof COMPARATORS)[number]): number | undefined {
  const { embedding, exact, fuzzy, judge, structure } = scores
  if (name === 'exact') return exact === undefined ? undefined : Number(exact)
  if (name === 'fuzzy') return fuzzy
  if (name === 'structure') return structure === undefined ? undefined : Number(structure !== 'regression')
  if (name === 'embedding') return embedding === undefined ? undefined : Math.max(0, embedding)
  return judge === undefined ? undefined : Number(judge.verdict !== 'worse')
}

/** What the script of the page reads. */
function rowOf(row: MigrationRow): object {
  const { answers, cassette, category, changes, id, left, outcome, recorded, title } = row
  const notes = [costText(row), left.length === 0 ? '' : `not said to the target: ${left.join(', ')}`]
  return {
    place: `${cassette} ${id}`,
    cassette,
    title,
    verdict: outcome,
    ...defined({ model: recorded?.model, category, reason: scoreText(row) || undefined }),
    changes: changes.map(({ axis, path, verdict, before, after }) => ({
      axis,
      path,
      verdict,
      before,
      after,
    })),
    notes: notes.filter((note) => note !== ''),
    choices: answers ? choicesOf(answers.base, answers.head) : [],
    find: `${outcome} ${changes.map(({ path }) => path).join(' ')}`,
  }
}
