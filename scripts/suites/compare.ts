import type { Known } from './known.ts'
import type { Outcome, Setting } from './run-file.ts'

/** A test that passes in a plain process and fails in another setting. */
export interface NewFailure {
  readonly setting: Setting
  readonly file: string
  readonly title: string
  /** Why it may fail, if the failure is in the reviewed list. */
  readonly reason?: string
}

/**
 * The tests that pass in a plain process and fail here.
 * @remarks A test that did not run is no failure by itself: the pseudo-test of the process fails if the process broke off.
 */
export function failsHere(plain: Outcome, here: Outcome): string[] {
  return [...here].filter(([title, passed]) => !passed && plain.get(title) !== false).map(([title]) => title)
}

/** The reason why a test may fail, from the reviewed list of its suite. */
export function reasonFor(
  known: readonly Known[],
  { file, title, setting }: Omit<NewFailure, 'reason'>,
): string | undefined {
  return known.find(
    (entry) =>
      file === entry.file &&
      (entry.title === undefined || title === entry.title) &&
      (entry.only === undefined || entry.only === setting),
  )?.reason
}
