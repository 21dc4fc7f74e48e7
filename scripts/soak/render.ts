import type { Held } from './measure.ts'
import type { GroupRow, Span, Verdict } from './verdict.ts'

const kilobytes = (bytes: number): string => (bytes / 1024).toFixed(0)
const megabytes = (bytes: number): string => (bytes / 1024 / 1024).toFixed(1)

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows]
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)))
  // Aligns numbers to the right and names to the left.
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
  return all.map(line).join('\n')
}

const rowOf = ({ group, operations, slowestMs, faults, perTurn }: GroupRow): string[] => [
  group,
  String(operations),
  String(faults),
  slowestMs.toFixed(0),
  kilobytes(perTurn.heap),
  String(perTurn.handles),
  String(perTurn.timers),
  String(perTurn.sockets),
]

const heldOf = ({ heap, handles, timers, fds, sockets }: Held): string[] => [
  megabytes(heap),
  ...[handles, timers, fds, sockets].map(String),
]

function spanRows({ first, last, rounds }: Span, i: number): string[][] {
  const worker = `worker ${i + 1}, ${rounds} rounds`
  return [
    [`${worker}: first third`, ...heldOf(first)],
    [`${worker}: last third`, ...heldOf(last)],
  ]
}

/** Renders the report of the soak as text. */
export function render({ rows, spans, faults }: Verdict): string {
  const groups = table(
    ['group', 'operations', 'faults', 'slowest ms', 'heap KB/turn', 'handles', 'timers', 'sockets'],
    rows.map(rowOf),
  )
  const held = table(
    ['held (medians)', 'heap MB', 'handles', 'timers', 'fds', 'sockets'],
    spans.flatMap(spanRows),
  )
  const end =
    faults.length === 0
      ? 'Nothing grows, nobody hangs.'
      : faults.map((fault) => `  FAILED soak: ${fault}`).join('\n')
  return `${groups}\n\n${held}\n\n${end}`
}
