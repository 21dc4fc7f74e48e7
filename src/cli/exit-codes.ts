/** What the command line ends with. `cassette run` passes its program's own code on. */
export const EXIT = {
  fine: 0,
  /** The check found something: a regression, a secret, a miss. */
  found: 1,
  /** Bad usage. */
  usage: 2,
  /** A file could not be read or written. */
  unreadable: 3,
} as const
