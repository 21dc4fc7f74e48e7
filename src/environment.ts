import { nearestName } from './fingerprint/match-on/near-miss.ts'

/** Every environment variable that cassette defines; docs/environment.md says what each sets. */
export const VARIABLES = [
  'CASSETTE_MODE',
  'CASSETTE_MATCH_ON',
  'CASSETTE_IGNORE',
  'CASSETTE_PATH',
  'CASSETTE_DIR',
  'CASSETTE_MISSES',
  'CASSETTE_ORPHANS',
  'CASSETTE_UPDATE_SNAPSHOTS',
  'CASSETTE_REGISTRY',
  'CASSETTE_PROJECT',
  'CASSETTE_TOKEN',
  'CASSETTE_CACHE',
  'CASSETTE_RUN_DIR',
  'CASSETTE_RUN_PATH',
] as const

/** Set by cassette itself, for the processes that a run starts. */
const INTERNAL: ReadonlySet<string> = new Set(['CASSETTE_RUN_DIR', 'CASSETTE_RUN_PATH'])

/** Makes a sentence for each `CASSETTE_*` variable that cassette does not know. It names the nearest known one. */
export function unknownVariables(env: Readonly<Record<string, string | undefined>>): string[] {
  const names: readonly string[] = VARIABLES
  return Object.keys(env)
    .filter((name) => name.startsWith('CASSETTE_') && !names.includes(name))
    .map((name) => {
      const nearest = nearestName(
        name,
        names.filter((one) => !INTERNAL.has(one)),
      )
      return (
        `cassette does not know the environment variable ${name}, and ignores it. The nearest one that it knows ` +
        `is ${nearest}. See cassette/docs/environment.md`
      )
    })
}
