import type { CassetteMiss } from '../errors/cassette-miss.ts'
import type { RecordMode } from './options/options.ts'

/** An open cassette. `close()` it, or let `await using` do so, unless `withCassette` opened it. */
export interface CassetteSession {
  readonly path: string
  readonly mode: RecordMode
  /** How many interactions the cassette holds now, including those recorded in this run. */
  readonly interactions: number
  /** How many recordings have been played in this run. */
  readonly played: number
  /** How many exchanges have been recorded in this run. */
  readonly recorded: number
  readonly misses: readonly CassetteMiss[]
  /**
   * Writes what was recorded and ends the session. A second call waits for the first.
   * @throws CassetteMiss the first miss of the session, even if the code under test caught it
   */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}
