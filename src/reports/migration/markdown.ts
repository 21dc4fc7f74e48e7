import type { MigrationReport } from '../../migration/report.ts'
import { escaped, inCode } from '../gate/markdown.ts'
import { safeJson } from '../miss.ts'
import { costText, firstLine, GROUP_TITLES, groupCells, scoreText, toLookAt } from './words.ts'

/** A comment of GitHub holds 65,536 characters. */
const MAX_LENGTH = 60_000

/** For a job summary or a comment. The hidden marker lets a workflow find its own comment. */
export function renderMarkdown(report: MigrationReport): string {
  const { all, categories, problems } = report
  const groups = categories.length > 1 ? [...categories, all] : [all]
  const lines = [
    '<!-- cassette report -->',
    `**${escaped(firstLine(report))}**`,
    '',
    tableRow(GROUP_TITLES),
    `|${'---|'.repeat(GROUP_TITLES.length)}`,
    ...groups.map((group) => tableRow(groupCells(group).map(escaped))),
  ]
  const rows = toLookAt(report)
  if (rows.length > 0) lines.push('', '| outcome | interaction | why |', '|---|---|---|')
  let length = lines.join('\n').length
  let left = rows.length
  for (const row of rows) {
    const changes = row.changes
      .filter(({ verdict }) => verdict === 'regression')
      .map(
        ({ after, axis, before, path }) =>
          `**${axis}** \`${inCode(path)}\`: \`${value(before)}\` → \`${value(after)}\``,
      )
    const told = [scoreText(row), costText(row)].filter((text) => text !== '').map(escaped)
    const place = `\`${inCode(row.cassette)}\` \`${inCode(row.id)}\`${row.category === undefined ? '' : `<br>${escaped(row.category)}`}`
    const line = tableRow([row.outcome, place, [...changes, ...told].join('<br>')])
    if (length + line.length > MAX_LENGTH) break
    lines.push(line)
    length += line.length + 1
    left -= 1
  }
  if (left > 0) lines.push('', `... and ${left} more`)
  for (const problem of problems) lines.push('', `**unreadable**: ${escaped(problem)}`)
  return lines.join('\n')
}

const tableRow = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

function value(of: unknown): string {
  const text = of === undefined ? '(absent)' : safeJson(of)
  return inCode(text.length > 200 ? `${text.slice(0, 200).toWellFormed()}…` : text)
}
