import { execFile } from 'node:child_process'
import { fromRoot } from './shared.ts'

export interface Ended {
  /** The exit code; `null` if a signal or the time limit ended the program. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/**
 * Runs a TypeScript program of this repository (a path from its root) to its end, for at most 50 s. Its environment has
 * no `CI`, `FORCE_COLOR` and `CASSETTE_*` except those in `env`.
 */
export function runProgram(path: string, env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const inherited = Object.entries(process.env).filter(
    ([name]) => name !== 'CI' && name !== 'FORCE_COLOR' && !name.startsWith('CASSETTE_'),
  )
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [fromRoot(path)],
      { env: { ...Object.fromEntries(inherited), ...env }, timeout: 50_000, maxBuffer: 1 << 26 },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : null
        resolve({ code, stdout, stderr })
      },
    )
  })
}
