import { defined } from '../../base/defined.ts'
import { firstLine } from '../../gate/text.ts'
import { AXES, type GateReport, type GateRow } from '../../gate/report.ts'
import { barChart } from '../html/charts.ts'
import { choicesOf } from '../html/choices.ts'
import { escapeHtml, renderPage } from '../html/page.ts'

/** A page to look at: one file, without a request to anywhere. */
export function renderHtml(report: GateReport): string {
  const line = firstLine(report)
  return renderPage({
    title: line,
    summary: [
      `<h1>${escapeHtml(line)}</h1>`,
      `<p class="dim">${escapeHtml(report.base)} → ${escapeHtml(report.head)}</p>`,
      ...(report.runs === undefined ? [] : [`<p>${escapeHtml(report.runs)}</p>`]),
      ...report.problems.map(
        ({ side, cassette, message }) =>
          `<p><strong>not compared</strong> ${escapeHtml(`${cassette} (${side}): ${message}`)}</p>`,
      ),
      `<div class="charts">${charts(report)}</div>`,
    ].join('\n'),
    data: { rows: report.rows.map(rowOf) },
  })
}

function charts({ counts, rows }: GateReport): string {
  const axes = AXES.map((axis) => ({
    label: axis,
    value: rows.filter(({ changes }) => changes.some((change) => change.axis === axis)).length,
    fill: 'f-warn',
  })).filter(({ value }) => value > 0)
  const verdicts = [
    { label: 'identical', value: counts.identical, fill: 'f-good' },
    { label: 'reworded', value: counts.benign, fill: 'f-link' },
    { label: 'regressed', value: counts.regression, fill: 'f-bad' },
    { label: 'accepted', value: counts.accepted, fill: 'f-dim' },
    { label: 'not compared', value: counts.notCompared + counts.missing + counts.added, fill: 'f-warn' },
  ].filter(({ value }) => value > 0)
  const tokens = (['base', 'head'] as const).map((side) => ({
    label: side,
    value: rows.reduce((sum, { answers }) => sum + (answers?.[side]?.usage?.output ?? 0), 0),
    fill: side === 'base' ? 'f-dim' : 'f-link',
  }))
  return [
    barChart('Interactions by verdict', verdicts),
    barChart('Interactions by what changed', axes),
    tokens.some(({ value }) => value > 0) ? barChart('Output tokens of what changed', tokens) : '',
  ].join('')
}

/** What the script of the page reads. */
function rowOf({ answers, ...row }: GateRow): object {
  const { cassette, id, title, model, verdict, reason, changes, notes, line } = row
  const choices = answers ? choicesOf(answers.base, answers.head) : []
  return {
    place: `${cassette}${line === undefined ? '' : `:${line}`} ${id}`,
    cassette,
    title,
    verdict,
    ...defined({ model, reason }),
    changes: changes.map(({ axis, path, verdict: judged, before, after, accepted }) => ({
      axis,
      path,
      verdict: judged,
      before,
      after,
      ...defined({ accepted }),
    })),
    notes,
    choices,
    errors: Object.entries(answers ?? {}).flatMap(([side, digest]) =>
      digest.error ? [[side, `${digest.error.type}: ${digest.error.message}`]] : [],
    ),
    find: changes.map(({ path }) => path).join(' '),
  }
}
