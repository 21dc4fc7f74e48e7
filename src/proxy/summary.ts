import type { CassetteMiss } from '../errors/cassette-miss.ts'
import type { CassetteSession } from '../session/cassette-session.ts'

/** What became of a cassette of a proxy. */
export interface CassetteSummary {
  readonly path: string
  readonly mode: CassetteSession['mode']
  readonly interactions: number
  readonly played: number
  readonly recorded: number
  readonly misses: readonly MissSummary[]
}

export type MissSummary = Pick<CassetteMiss, 'message' | 'differences'> & {
  readonly method: string
  readonly url: string
}

export const summaryOf = ({
  path,
  mode,
  interactions,
  played,
  recorded,
  misses,
}: CassetteSession): CassetteSummary => ({
  path,
  mode,
  interactions,
  played,
  recorded,
  misses: misses.map(({ request, message, differences }) => ({
    method: request.method,
    url: request.url,
    message,
    differences,
  })),
})
