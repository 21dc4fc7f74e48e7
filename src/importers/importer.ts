import type { Source } from '../base/foreign-source.ts'
import type { Exchange } from '../exchange/exchange.ts'

/** Tells what could not be carried over. Each text is counted once, with the first place. */
export type Lost = (what: string, place: string) => void

/** Reads the recordings of one tool. */
export interface Importer {
  /** The name that `cassette import` takes. */
  readonly format: string
  /** Whether this tool seems to have written a source. Looks only at the beginning. */
  fits(source: Source): boolean
  /**
   * The exchanges, in their order.
   * @throws {ImportError} if the source cannot be read. What was yielded before is kept
   */
  read(source: Source, lost: Lost): Iterable<Exchange>
}
