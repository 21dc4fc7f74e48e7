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
