import type { Setting } from './run-file.ts'

/**
 * A failure that was looked into and may stay: no documented API can see its cause, plain Node shows it too, or
 * cassette's documentation states it.
 */
export interface Known {
  readonly file: string
  /** Without a title, every test of the file. */
  readonly title?: string
  /** The only setting in which the test may fail. */
  readonly only?: Setting
  readonly reason: string
}

/** The reviewed list, by the name of the suite. */
export const KNOWN: Readonly<Record<string, readonly Known[]>> = {}
