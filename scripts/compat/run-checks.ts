// Runs every check of both clients in one setting: `plain`, `passthrough` (the process is patched, no cassette is open) or
// `recording`. Prints the failures as JSON: see `Outcome`.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { Checks, Surroundings } from './checks.ts'
import { startCompatServer } from './server.ts'

export interface Outcome {
  /** The number of checks that ran. */
  readonly count: number
  /** The error message of each failed check, by `client: check`. */
  readonly failures: Readonly<Record<string, string>>
  /** The number of recorded exchanges. */
  readonly recorded: number
}

const LIMIT_MS = 5000
const [, , setting = 'plain'] = process.argv
const folder = mkdtempSync(join(tmpdir(), 'cassette-compat-'))
const server = await startCompatServer()
const unix = await startCompatServer(join(folder, 'unix.sock'))
const gone = await startCompatServer()
gone.close()

let serial = 0
const around: Surroundings = {
  url: server.url,
  closedUrl: gone.url,
  unixPath: unix.url,
  unique: () => `n=${serial++}`,
}

async function session(): Promise<{ readonly recorded: number; close(): Promise<void> } | undefined> {
  if (setting === 'plain') return undefined
  const { openCassette } = await import('../../src/index.ts')
  const opened = await openCassette(join(folder, 'tape.yaml'), { mode: 'all', onRecordError: 'record' })
  if (setting === 'recording') return opened
  await opened.close()
  return undefined
}

const timedOut = (): Promise<never> =>
  new Promise((_, reject) => {
    setTimeout(() => reject(new Error(`not settled after ${LIMIT_MS} ms`)), LIMIT_MS).unref()
  })

const failures: Record<string, string> = {}
let count = 0
async function run(client: string, checks: Checks): Promise<void> {
  for (const [title, check] of Object.entries(checks)) {
    count++
    try {
      await Promise.race([Promise.resolve(check(around)), timedOut()])
    } catch (error) {
      failures[`${client}: ${title}`] = String(error)
    }
  }
}

const open = await session()
process.on('unhandledRejection', (error) => (failures['unhandled rejection'] = String(error)))
const { GOT } = await import('./got.ts')
const { GOT_MORE } = await import('./got-more.ts')
const { NODE_FETCH } = await import('./node-fetch.ts')
await run('got', { ...GOT, ...GOT_MORE })
await run('node-fetch', NODE_FETCH)
await open?.close()
const outcome: Outcome = { count, failures, recorded: open?.recorded ?? 0 }
rmSync(folder, { recursive: true, force: true })
server.close()
unix.close()
process.stdout.write(JSON.stringify(outcome))
