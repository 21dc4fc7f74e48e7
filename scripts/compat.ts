// Checks that got and node-fetch behave as documented in a patched process, and in a process that records.
//   node scripts/compat.ts [--json]
// Exits with 1 if a check fails that does not fail in a plain process.
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import type { Outcome } from './compat/run-checks.ts'

const run = promisify(execFile)
const program = fileURLToPath(new URL('compat/run-checks.ts', import.meta.url))
const SETTINGS = ['plain', 'passthrough', 'recording'] as const

async function outcomeOf(setting: string): Promise<Outcome> {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => name !== 'CI' && !name.startsWith('CASSETTE_')),
  )
  const { stdout } = await run(process.execPath, [program, setting], { env, timeout: 120_000 })
  return JSON.parse(stdout) as Outcome
}

const outcomes = new Map<string, Outcome>()
for (const setting of SETTINGS) outcomes.set(setting, await outcomeOf(setting))
const known = new Set(Object.keys(outcomes.get('plain')?.failures ?? {}))
const lines: string[] = []
let fresh = 0
for (const [setting, { count, failures, recorded }] of outcomes) {
  const titles = Object.keys(failures)
  lines.push(
    `${setting.padEnd(11)} ${count - titles.length} of ${count} hold${recorded > 0 ? `, ${recorded} exchanges recorded` : ''}`,
  )
  for (const title of titles) {
    if (setting !== 'plain' && !known.has(title)) fresh++
    lines.push(`  ${title}: ${failures[title]?.slice(0, 300)}`)
  }
}
if (process.argv.includes('--json'))
  process.stdout.write(`${JSON.stringify(Object.fromEntries(outcomes), null, 2)}\n`)
else process.stdout.write(`${lines.join('\n')}\nnew failures: ${fresh}\n`)
process.exitCode = fresh > 0 ? 1 : 0
