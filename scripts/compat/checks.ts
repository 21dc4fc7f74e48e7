/** Where a check finds what it asks. */
export interface Surroundings {
  readonly url: string
  /** A URL at which nobody listens. */
  readonly closedUrl: string
  readonly unixPath: string
  /** A query string that no other check has. */
  readonly unique: () => string
}

/** Checks by what they check; each throws if it is not so. */
export type Checks = Readonly<Record<string, (around: Surroundings) => unknown>>
