/** The servers of a check. */
export interface Surroundings {
  readonly url: string
  /** A URL without a server. */
  readonly closedUrl: string
  readonly unixPath: string
  /** Makes a query string that no other check has. */
  readonly unique: () => string
}

/** Checks by their titles. A check throws if its title is not true. */
export type Checks = Readonly<Record<string, (around: Surroundings) => unknown>>
