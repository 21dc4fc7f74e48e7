import type { MissDifference } from '../errors/cassette-miss.ts'
import { type HiddenDifferences, hiddenLine } from './hidden.ts'

export interface MissReport {
  readonly method: string
  /** Redacted. */
  readonly url: string
  readonly cassettePath: string
  readonly exists: boolean
  readonly mode: string
  readonly modeSource: 'CASSETTE_MODE' | 'CI' | 'options' | 'default'
  /** The number of recordings in the cassette. */
  readonly total: number
  /** The number of recordings with this method and path, and how many of them were played. */
  readonly samePath: { readonly path: string; readonly count: number; readonly played: number }
  readonly closest:
    | { readonly id: string; readonly position: number; readonly played: boolean; readonly line: string }
    | undefined
  readonly differences: readonly MissDifference[]
  /** Paths in which the nearest recording differs too, but which `matchOn` does not compare. */
  readonly uncompared: readonly string[]
  /** Present if all that differs is hidden by redaction. */
  readonly hidden?: HiddenDifferences | undefined
  /** Whether `matchOn` is a function, which is asked after the key has matched. */
  readonly matcher: boolean
}

/** The colours of a report. The caller chooses them; `PLAIN` has none. */
export interface Palette {
  bold(text: string): string
  dim(text: string): string
  red(text: string): string
  green(text: string): string
}

const MAX_DIFFERENCES = 12
const WIDTH = 96

/** Renders a miss: request, cassette, what is recorded, the nearest recording and its differences, the way out. */
export function renderMiss(report: MissReport, palette: Palette = PLAIN): string {
  const { method, url, cassettePath, exists, samePath, total, closest } = report
  const lines = [`no recording answers ${palette.bold(`${method} ${url}`)}`]
  const row = (name: string, text: string): void =>
    void lines.push(`  ${palette.dim(name.padEnd(9))} ${text}`)

  row('cassette', `${cassettePath}${exists ? '' : ' (no such file)'}`)
  row('mode', `${report.mode}${MODE_REASON[report.modeSource]}`)
  row(
    'recorded',
    total === 0
      ? 'nothing'
      : `${samePath.count} of ${method} ${samePath.path}, ${samePath.played} played (${total} in the cassette)`,
  )
  if (closest) lines.push(...closestLines(closest, report, palette))
  if (report.hidden) row('hidden', hiddenLine(report.hidden))
  if (report.uncompared.length > 0) {
    const only = report.differences.length === 0 ? 'only in' : 'also in'
    row('ignored', `differs ${only} ${report.uncompared.join(', ')}, which matchOn does not compare`)
  }
  lines.push(...wayOut(report, palette))
  return lines.join('\n')
}

const MODE_REASON = {
  CASSETTE_MODE: ' (set by CASSETTE_MODE)',
  CI: ' (CI is set: the network is not used)',
  options: '',
  default: '',
} as const

function closestLines(
  closest: NonNullable<MissReport['closest']>,
  { differences, matcher }: Pick<MissReport, 'differences' | 'matcher'>,
  palette: Palette,
): string[] {
  const name = `interaction ${closest.position + 1}, ${closest.id}, ${closest.line}`
  const lines = [`  ${palette.dim('nearest  ')} ${name}`]
  if (differences.length === 0) {
    lines.push(
      closest.played
        ? '            is the same request, and was played already: each recording answers once.'
        : matcher
          ? '            is refused by the matchOn function.'
          : '            does not differ in anything that is compared.',
    )
    return lines
  }
  for (const { path, recorded, incoming } of differences.slice(0, MAX_DIFFERENCES)) {
    const [before, after, caret] = sideBySide(recorded, incoming)
    lines.push(`    ${palette.bold(path)}`)
    lines.push(`      recorded  ${palette.red(before)}`, `      incoming  ${palette.green(after)}`)
    if (caret !== undefined) lines.push(`                ${' '.repeat(caret)}^`)
  }
  const left = differences.length - MAX_DIFFERENCES
  if (left > 0) lines.push(`    ... and ${left} more`)
  return lines
}

function wayOut(report: MissReport, palette: Palette): string[] {
  const played = report.closest?.played === true && report.differences.length === 0
  const how = report.exists
    ? 'CASSETTE_MODE=new_episodes adds this request, CASSETTE_MODE=all records everything again'
    : 'CASSETTE_MODE=once records it'
  return [
    ...(played
      ? [`  ${palette.dim('repeat   ')} allowPlaybackRepeats: true lets the last recording answer again`]
      : []),
    `  ${palette.dim('record   ')} ${how}`,
  ]
}

const show = (value: unknown): string => (value === undefined ? '(absent)' : safeJson(value))

/**
 * Shows both values on one line each, cut around their first difference.
 * @returns the two lines, and the column of the first difference if both values have the same type
 */
export function sideBySide(recorded: unknown, incoming: unknown): [string, string, number | undefined] {
  // Compares grapheme clusters, so that no surrogate pair or combined character is cut.
  const a = [...new Intl.Segmenter().segment(show(recorded))].map(({ segment }) => segment)
  const b = [...new Intl.Segmenter().segment(show(incoming))].map(({ segment }) => segment)
  let at = 0
  while (at < a.length && at < b.length && a[at] === b[at]) at++
  const comparable = typeof recorded === typeof incoming && recorded !== undefined
  const from = Math.max(a.length, b.length) > WIDTH ? Math.max(0, at - Math.floor(WIDTH / 3)) : 0
  const cut = (text: readonly string[]): string =>
    `${from > 0 ? '…' : ''}${text.slice(from, from + WIDTH).join('')}${from + WIDTH < text.length ? '…' : ''}`
  return [cut(a), cut(b), comparable ? widthOf(a.slice(from, at)) + (from > 0 ? 1 : 0) : undefined]
}

const same = (text: string): string => text
export const PLAIN: Palette = { bold: same, dim: same, red: same, green: same }

/** Characters that a terminal acts on: C1 controls, delete, line separators, bidirectional overrides. */
const UNSAFE = /[\u007f-\u009f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g

/** Renders a value as JSON on one line, and escapes every character that a terminal acts on. */
export const safeJson = (value: unknown): string =>
  (JSON.stringify(value) ?? typeof value).replaceAll(
    UNSAFE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

/** East Asian wide and fullwidth characters (UAX 11) and emoji take two terminal columns. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/u

/** The number of terminal columns that these characters (grapheme clusters) take. */
const widthOf = (characters: readonly string[]): number =>
  characters.reduce((sum, one) => sum + (WIDE.test(one) ? 2 : 1), 0)
