import type { MissDifference } from '../errors/cassette-miss.ts'
import { type Palette, PLAIN, sideBySide } from './miss.ts'

export interface FrameMissReport {
  /** The path of the expected frame, or of the place after the last frame: `frames[3]`. */
  readonly frame: string
  /** Whether the client sent a frame after all of its recorded frames. */
  readonly isExtra: boolean
  readonly url: string
  readonly cassettePath: string
  readonly mode: string
  readonly id: string
  /** The interaction's position in the cassette, from 0. */
  readonly position: number
  readonly differences: readonly MissDifference[]
}

const MAX_DIFFERENCES = 12

/** Renders the message of a miss within a WebSocket. The client receives its first line. */
export function renderFrameMiss(report: FrameMissReport, palette: Palette = PLAIN): string {
  const { frame, isExtra, url, cassettePath, mode, id, position, differences } = report
  const first = differences[0]?.path ?? frame
  const row = (name: string, text: string): string => `  ${palette.dim(name.padEnd(9))} ${text}`
  const place = 'frames[n] is entry n, from 0, of its response.body.websocket'
  const lines = [
    isExtra
      ? `${palette.bold(frame)} is more than the client had said in the recording of ${url}`
      : `${palette.bold(first)} is not what the client had said in the recording of ${url}`,
    row('cassette', cassettePath),
    row('mode', mode),
    row('recording', `interaction ${position + 1}, ${id}; ${place}`),
  ]
  for (const { path, recorded, incoming } of differences.slice(0, MAX_DIFFERENCES)) {
    const [before, after, caret] = sideBySide(recorded, incoming)
    lines.push(
      `    ${palette.bold(path)}`,
      `      recorded  ${palette.red(before)}`,
      `      incoming  ${palette.green(after)}`,
    )
    if (caret !== undefined) lines.push(`                ${' '.repeat(caret)}^`)
  }
  const left = differences.length - MAX_DIFFERENCES
  if (left > 0) lines.push(`    ... and ${left} more`)
  lines.push('  record    a conversation cannot be gone on with: CASSETTE_MODE=all records everything again')
  return lines.join('\n')
}
