import { EXCHANGES } from './exchanges/index.ts'
import type { Result } from './run.ts'
import { verdictOf } from './verdict.ts'

const HEAD = `<!-- Made by \`npm run matrix\` from the results of test/fidelity. Do not edit. -->

What a client sees in replay, with the servers stopped, is what it saw live: ● in every exchange of the column,
◐ but for the notes below, – where the client cannot send such a request. While recording nothing differs.
`

/** The support matrix of the README, from the results of all clients. */
export function renderMatrix(results: readonly Result[]): string {
  const notes: { reason: string; exchanges: Set<string> }[] = []
  const noteOf = (reason: string, exchange: string): number => {
    let found = notes.findIndex((note) => note.reason === reason)
    if (found === -1) found = notes.push({ reason, exchanges: new Set() }) - 1
    notes[found]!.exchanges.add(exchange)
    return found + 1
  }
  const cellOf = ({ client, cells }: Result, family: string): string => {
    const verdicts = cells
      .filter((cell) => cell.family === family)
      .map((cell) => ({ cell, verdict: verdictOf(client, cell) }))
      .filter(({ verdict }) => verdict.kind !== 'lacking')
    if (verdicts.length === 0) return '–'
    if (verdicts.some(({ verdict }) => verdict.kind === 'different')) return '✗'
    const numbers = verdicts.flatMap(({ cell, verdict }) =>
      verdict.kind === 'partial' ? [noteOf(verdict.reason, cell.exchange.name)] : [],
    )
    if (numbers.length === 0) return '●'
    return `◐ ${[...new Set(numbers)]
      .toSorted((a, b) => a - b)
      .map((n) => `[${n}]`)
      .join('')}`
  }
  const families = EXCHANGES.map(({ name }) => name)
  const rows = results.map(
    (result) => `| ${result.client.name} | ${families.map((family) => cellOf(result, family)).join(' | ')} |`,
  )
  const contents = EXCHANGES.map(
    ({ name, exchanges }) => `- **${name}**: ${exchanges.map((one) => one.name).join('; ')}.`,
  )
  return [
    HEAD,
    `| client | ${families.join(' | ')} |`,
    `|---|${families.map(() => '---').join('|')}|`,
    ...rows,
    '',
    ...notes.map(({ reason, exchanges }, i) => `${i + 1}. ${[...exchanges].join('; ')}: ${reason}.`),
    '',
    'The exchanges:',
    '',
    ...contents,
    '',
  ].join('\n')
}
