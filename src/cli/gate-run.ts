import { statSync } from 'node:fs'
import { basename, dirname } from 'node:path'

import { isoNow, realNow } from '../clock.ts'
import { defined } from '../base/defined.ts'
import { colorsFor } from '../colors.ts'
import { accept, applyAccepted, type Accepted } from '../gate/accepted.ts'
import { compareSides } from '../gate/compare-sides.ts'
import type { GateReport, GateRow } from '../gate/report.ts'
import { runsInWords } from '../gate/runs.ts'
import { countsOf, exitCodeOf, FAIL_ON, type FailOn, verdictOf } from '../gate/verdict.ts'
import { FORMATS } from '../reports/gate/formats.ts'
import { readAccepted, writeAccepted } from '../storage/accepted-file.ts'
import { cassetteFile, cassetteFolder, type CassetteSource } from '../storage/sources/cassette-folder.ts'
import { EXIT, type CommandResult } from './result.ts'
import { UsageError } from './usage.ts'

/** The options that `diff` and `gate` share. */
export const gateArgs = {
  format: { type: 'string', valueHint: 'FORMAT', description: Object.keys(FORMATS).join(', ') },
  json: { type: 'boolean', description: 'print the report as JSON (--format json)' },
  'fail-on': {
    type: 'string',
    valueHint: 'LIST',
    description: `exit with 1 for these too, with commas: ${FAIL_ON.join(', ')} (default: regression)`,
  },
  'allow-new': { type: 'boolean', description: 'an interaction that only the head has is fine' },
  'strict-values': {
    type: 'boolean',
    description: 'judge the values in structured output, not only its shape',
  },
  runs: {
    type: 'string',
    valueHint: 'N',
    description:
      'compare N recordings of each interaction a side; what also differs inside the base is noise',
  },
} as const

export interface GateFlags {
  readonly format?: string | undefined
  readonly json?: boolean | undefined
  readonly 'fail-on'?: string | undefined
  readonly 'allow-new'?: boolean | undefined
  readonly 'strict-values'?: boolean | undefined
  readonly runs?: string | undefined
}

export interface AcceptFlags {
  /** Ids, or the beginnings of ids, with commas. */
  readonly accept?: string | undefined
  readonly reason?: string | undefined
  readonly file: string
}

/** Compares two sides and renders the report. */
export function gateRun(
  open: () => readonly [base: CassetteSource, head: CassetteSource],
  flags: GateFlags,
  accepting: AcceptFlags | undefined,
): CommandResult {
  const render = formatOf(flags)
  const failOn = failOnOf(flags['fail-on'])
  const runs = runsOf(flags.runs)
  const said = runs === undefined ? undefined : runsInWords(runs)
  if (runs !== undefined && said === undefined)
    return {
      exitCode: EXIT.unreadable,
      text: `not measured: ${runs} recordings a side cannot tell a change from noise; record each interaction 4 times or more`,
    }
  if (accepting?.accept !== undefined && !accepting.reason?.trim())
    throw new UsageError('--accept needs --reason "why this change is fine"')
  const [base, head] = open()
  const strictValues = flags['strict-values'] === true
  // Only the page shows whole answers.
  const answers = flags.format === 'html'
  const compared = compareSides(base, head, { strictValues, answers, ...defined({ runs }) })
  const rows = accepting ? acceptedRows(compared.rows, accepting) : compared.rows
  const options = { failOn, allowNew: flags['allow-new'] === true }
  const counts = countsOf(rows, options)
  const report: GateReport = {
    verdict: verdictOf(counts, compared.problems),
    base: base.name,
    head: head.name,
    root: head.root,
    counts,
    rows: rows.toSorted(byCassette),
    problems: compared.problems,
    ...defined({ runs: said }),
  }
  return {
    exitCode: exitCodeOf(report, options),
    text: render(report, { palette: colorsFor(1), now: realNow() }),
  }
}

const byCassette = (a: GateRow, b: GateRow): number =>
  a.cassette === b.cassette ? 0 : a.cassette < b.cassette ? -1 : 1

function formatOf({ format, json }: GateFlags): (typeof FORMATS)[string] {
  const name = format ?? (json === true ? 'json' : 'terminal')
  const render = Object.hasOwn(FORMATS, name) ? FORMATS[name] : undefined
  if (render === undefined)
    throw new UsageError(
      `unknown format ${JSON.stringify(name)}; use one of ${Object.keys(FORMATS).join(', ')}`,
    )
  return render
}

function failOnOf(list: string | undefined): ReadonlySet<FailOn> {
  const names = (list ?? 'regression').split(',').map((name) => name.trim())
  const wrong = names.find((name) => !FAIL_ON.includes(name as FailOn))
  if (wrong !== undefined)
    throw new UsageError(`--fail-on cannot be ${JSON.stringify(wrong)}; use ${FAIL_ON.join(', ')}`)
  return new Set(names as FailOn[])
}

function runsOf(runs: string | undefined): number | undefined {
  if (runs === undefined) return undefined
  if (!/^[1-9]\d{0,3}$/.test(runs))
    throw new UsageError(`--runs needs a number from 1, not ${JSON.stringify(runs)}`)
  return Number(runs)
}

function acceptedRows(rows: readonly GateRow[], { accept: ids, reason = '', file }: AcceptFlags): GateRow[] {
  let accepted: readonly Accepted[] = readAccepted(file)
  if (ids !== undefined) {
    const date = isoNow().slice(0, 10)
    for (const id of ids.split(',')) accepted = accept(rowOf(rows, id.trim()), accepted, { reason, date })
    writeAccepted(file, accepted)
  }
  return applyAccepted(rows, accepted)
}

function rowOf(rows: readonly GateRow[], id: string): GateRow {
  const changed = rows.filter(({ changes }) => changes.length > 0)
  const fits = (row: GateRow): boolean =>
    id !== '' && (row.id.startsWith(id) || `${row.cassette}:${row.id}` === id)
  const exact = changed.filter((row) => row.id === id)
  const found = exact.length > 0 ? exact : changed.filter(fits)
  const [row] = found
  if (row === undefined) throw new UsageError(`--accept ${id}: no interaction that changed has this id`)
  if (found.length > 1)
    throw new UsageError(
      `--accept ${id}: several have this id: ${found.map((one) => `${one.cassette}:${one.id}`).join(', ')}`,
    )
  return row
}

/** Two files, or two folders. */
export function filesOrFolders(a: string, b: string): readonly [CassetteSource, CassetteSource] {
  const [isFolderA, isFolderB] = [isFolder(a), isFolder(b)]
  if (isFolderA && isFolderB) return [cassetteFolder(a), cassetteFolder(b)]
  if (isFolderA || isFolderB)
    throw new UsageError(
      `${isFolderA ? a : b} is a folder and ${isFolderA ? b : a} is not; name two of one kind`,
    )
  const label = basename(b)
  return [cassetteFile(a, label), { ...cassetteFile(b, label), root: dirname(b) }]
}

export const isFolder = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
