import { readFileSync } from 'node:fs'
import { EXCHANGES } from './exchanges/index.ts'
import type { Result } from './run.ts'
import { verdictOf } from './verdict.ts'

/** ● the same as live; ◐ an explained difference; – the client cannot send it; ✗ an unexplained difference. */
export type Mark = '●' | '◐' | '–' | '✗'

/** A client's exchanges of one family, in order: `●`, or a mark and the number of its reason, from 0. */
type Row = string

/** The results of a run of all clients, as results.json stores them. */
export interface Results {
  readonly reasons: readonly string[]
  readonly families: Readonly<Record<string, readonly string[]>>
  readonly clients: Readonly<Record<string, Readonly<Record<string, Row>>>>
}

export interface Verdict {
  readonly exchange: string
  readonly mark: Mark
  readonly reason?: string
}

export function resultsOf(runs: readonly Result[]): Results {
  const reasons: string[] = []
  const numbered = (mark: Mark, reason: string): string => {
    if (!reasons.includes(reason)) reasons.push(reason)
    return `${mark}${reasons.indexOf(reason)}`
  }
  const markOf = (run: Result, cell: Result['cells'][number]): string => {
    const verdict = verdictOf(run.client, cell)
    if (verdict.kind === 'same') return '●'
    if (verdict.kind === 'different') return numbered('✗', verdict.phase)
    return numbered(verdict.kind === 'partial' ? '◐' : '–', verdict.reason)
  }
  const families = Object.fromEntries(
    EXCHANGES.map(({ name, exchanges }) => [name, exchanges.map((one) => one.name)]),
  )
  const clients = Object.fromEntries(
    runs.map((run) => [
      run.client.name,
      Object.fromEntries(
        EXCHANGES.map(({ name }) => [
          name,
          run.cells
            .filter(({ family }) => family === name)
            .map((cell) => markOf(run, cell))
            .join(' '),
        ]),
      ),
    ]),
  )
  return { reasons, families, clients }
}

export function verdictsOf(results: Results, client: string, family: string): Verdict[] {
  const marks = results.clients[client]?.[family]?.split(' ') ?? []
  return (results.families[family] ?? []).map((exchange, i): Verdict => {
    const mark = marks[i] ?? '✗'
    const digits = mark.slice(1)
    const reason = results.reasons[Number(digits)]
    return {
      exchange,
      mark: mark.charAt(0) as Mark,
      ...(digits !== '' && reason !== undefined ? { reason } : {}),
    }
  })
}

const at = (name: string): URL => new URL(name, import.meta.url)
export const RESULTS = at('results.json')
export const MATRIX = at('matrix.md')
/** The page of docs that has the matrix of families. */
export const PAGE = at('../../docs/clients.md')

export const readResults = (): Results => JSON.parse(readFileSync(RESULTS, 'utf8')) as Results
export const resultsText = (results: Results): string => `${JSON.stringify(results, undefined, 1)}\n`
