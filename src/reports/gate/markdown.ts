import { byAxis, firstLine } from '../../gate/text.ts'
import type { GateReport, GateRow } from '../../gate/report.ts'
import { safeJson } from '../miss.ts'

/** A comment of GitHub holds 65,536 characters. */
const MAX_LENGTH = 60_000
const MAX_VALUE = 200

/** For a job summary or a comment. The hidden marker lets a workflow find its own comment. */
export function renderMarkdown(report: GateReport): string {
  const lines = ['<!-- cassette gate -->', `**${firstLine(report)}**`, '']
  lines.push(`\`${inCode(report.base)}\` → \`${inCode(report.head)}\``, '')
  if (report.runs !== undefined) lines.push(escaped(report.runs), '')
  const told = report.rows.filter(({ verdict }) => verdict !== 'identical')
  if (told.length > 0) lines.push('| verdict | interaction | what changed |', '|---|---|---|')
  let length = lines.join('\n').length
  let left = told.length
  for (const row of told) {
    const line = `| ${row.verdict} | ${place(row)} | ${changes(row)} |`
    if (length + line.length > MAX_LENGTH) break
    lines.push(line)
    length += line.length + 1
    left -= 1
  }
  if (left > 0) lines.push('', `... and ${left} more`)
  for (const { side, cassette, message } of report.problems)
    lines.push('', `**not compared**: \`${inCode(cassette)}\` (${side}): ${escaped(message)}`)
  return lines.join('\n')
}

const place = (row: GateRow): string => `\`${inCode(row.cassette)}\` \`${row.id}\`<br>${escaped(row.title)}`

function changes(row: GateRow): string {
  if (row.reason !== undefined) return escaped(row.reason)
  const parts = byAxis(row.changes).map(([axis, found]) => {
    const each = found.map(({ path, before, after, accepted }) => {
      const note = accepted ? ` (accepted ${accepted.date}: ${escaped(accepted.reason)})` : ''
      return `\`${inCode(path)}\`: \`${value(before)}\` → \`${value(after)}\`${note}`
    })
    return `**${axis}** ${each.join('<br>')}`
  })
  return [...parts, ...row.notes.map(escaped)].join('<br>')
}

function value(of: unknown): string {
  const text = of === undefined ? '(absent)' : safeJson(of)
  return inCode(text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE).toWellFormed()}…` : text)
}

/** Between single backticks, in a table. */
export const inCode = (text: string): string =>
  text
    .replaceAll('`', "'")
    .replaceAll(/\s*\n\s*/g, ' ')
    .replaceAll('|', '\\|')

/** Text that is no markup, mentions nobody and links to nothing. */
export const escaped = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll(/[\\`*_[\]|~#]/g, (character) => `\\${character}`)
    .replaceAll('@', '@\u200b')
    .replaceAll(/\s*\n\s*/g, ' ')
