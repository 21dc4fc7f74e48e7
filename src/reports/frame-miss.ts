import type { MissDifference } from '../errors/cassette-miss.ts'
import { sideBySide } from './miss.ts'

export interface FrameMissReport {
  /** Of the entry in the recording, or of the one behind its last: `frames[3]`. */
  readonly frame: string
  /** The recording has nothing more for the client to say. */
  readonly isExtra: boolean
  readonly url: string
  readonly cassettePath: string
  readonly mode: string
  readonly id: string
  /** From 0. */
  readonly position: number
  readonly differences: readonly MissDifference[]
}

const MAX_DIFFERENCES = 12

/** The message of a miss in the middle of a WebSocket. Its first line is what the client is told. */
export function renderFrameMiss(report: FrameMissReport): string {
  const { frame, isExtra, url, cassettePath, mode, id, position, differences } = report
  const first = differences[0]?.path ?? frame
  const lines = [
    isExtra
      ? `${frame} is more than the client had said in the recording of ${url}`
      : `${first} is not what the client had said in the recording of ${url}`,
    `  cassette  ${cassettePath}`,
    `  mode      ${mode}`,
    `  recording interaction ${position + 1}, ${id}; frames[n] is entry n, from 0, of its response.body.websocket`,
  ]
  for (const { path, recorded, incoming } of differences.slice(0, MAX_DIFFERENCES)) {
    const [before, after, caret] = sideBySide(recorded, incoming)
    lines.push(`    ${path}`, `      recorded  ${before}`, `      incoming  ${after}`)
    if (caret !== undefined) lines.push(`                ${' '.repeat(caret)}^`)
  }
  const left = differences.length - MAX_DIFFERENCES
  if (left > 0) lines.push(`    ... and ${left} more`)
  lines.push('  record    a conversation cannot be gone on with: CASSETTE_MODE=all records everything again')
  return lines.join('\n')
}
