/** The cost of one tool for one client and one payload. */
export interface Cell {
  readonly tool: string
  readonly client: string
  readonly payload: string
  readonly medianMs: number
  readonly samples: number
}

export interface MatchingCost {
  readonly what: string
  readonly medianMs: number
}

export interface Result {
  readonly node: string
  readonly cpu: string
  readonly cores: number
  readonly rounds: number
  readonly requests: readonly Cell[]
  readonly matching: readonly MatchingCost[]
}

const short = (ms: number): string => (ms < 0.1 ? ms.toFixed(3) : ms < 10 ? ms.toFixed(2) : ms.toFixed(0))

/** Renders a Markdown table of medians in ms, with the ratio to live in brackets. */
export function renderTable({ node, cpu, cores, rounds, requests, matching }: Result): string {
  const tools = [...new Set(requests.map(({ tool }) => tool))]
  const rows = [...new Set(requests.map(({ client, payload }) => `${client} ${payload}`))]
  const at = (row: string, tool: string): Cell | undefined =>
    requests.find((cell) => cell.tool === tool && `${cell.client} ${cell.payload}` === row)
  const cell = (row: string, tool: string): string => {
    const one = at(row, tool)
    if (!one) return '–'
    const live = at(row, 'live')
    const ratio = live && tool !== 'live' ? ` (${(one.medianMs / live.medianMs).toFixed(2)})` : ''
    return `${short(one.medianMs)}${ratio}`
  }
  return [
    `Medians in ms of ${rounds} interleaved rounds, in brackets the ratio to live. Node ${node}, ${cores} × ${cpu}.`,
    '',
    `| | ${tools.join(' | ')} |`,
    `|---|${tools.map(() => '---|').join('')}`,
    ...rows.map((row) => `| ${row} | ${tools.map((tool) => cell(row, tool)).join(' | ')} |`),
    '',
    '| matching | ms |',
    '|---|---|',
    ...matching.map(({ what, medianMs }) => `| ${what} | ${short(medianMs)} |`),
  ].join('\n')
}
