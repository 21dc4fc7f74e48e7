import type { Exchange } from '../exchange/exchange.ts'

/** A file, or a folder, that another tool wrote. */
export interface Source {
  /** As it was named. */
  readonly path: string
  readonly isFolder: boolean
  /** The first 64 KiB of a file. */
  readonly head: Buffer
  /** When it was last written, ms since 1970: for recordings that do not say when they were made. */
  readonly writtenAt: number
  /** The whole file. */
  bytes(): Buffer
  /** The file, piece by piece: a file may be larger than memory. */
  chunks(): Iterable<Buffer>
  /** A file beside this one, or in this folder. `undefined`: there is none, or its name leads elsewhere. */
  beside(name: string): Buffer | undefined
  /** The names of the files in this folder. */
  names(): readonly string[]
}

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
