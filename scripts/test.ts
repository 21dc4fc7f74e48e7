/**
 * `npm test`: runs the test files in groups, each in a mocha process of its own, one more at once than there are cores: tests wait
 * about as long as they compute (not with coverage, which computes more).
 * `node scripts/test.ts NAME...` runs only the groups with these names; scripts/test/table.ts has them.
 * With COVERAGE=1 it also measures coverage, which takes half as long again, and fails below the limits of .c8rc.json.
 */
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'

import { buildForTests } from './test/build.ts'
import { choose, type Group, share } from './test/groups.ts'
import { type Result, summary, whyFailed } from './test/result.ts'
import { runGroup, stopAll } from './test/run-group.ts'
import { GROUPS } from './test/table.ts'

const folder = fileURLToPath(new URL('../test/', import.meta.url))
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => file.endsWith('.test.ts') && !/^(fixtures|hermetic)\//.test(file))

const isMeasured = process.env['NODE_V8_COVERAGE'] !== undefined
const { groups, problems } = share(files, GROUPS)
const results: Result[] = []

async function run(group: Group): Promise<void> {
  process.stdout.write(`-- ${group.name} starts\n`)
  const paths = (groups.get(group) ?? []).map((file) => `test/${file}`)
  const result = await runGroup(group, paths, (output) => {
    process.stdout.write(`\n== ${group.name}\n${output}\n`)
  })
  results.push(result)
  process.stdout.write(`-- ${group.name} ${whyFailed(result) ?? 'passed'}, ${result.seconds.toFixed(0)} s\n`)
}

/** Takes the groups from the queue one after the other. */
async function work(queue: Group[]): Promise<void> {
  for (let group = queue.shift(); group !== undefined; group = queue.shift()) await run(group)
}

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    stopAll()
    process.kill(process.pid, signal)
  })

async function main(): Promise<void> {
  if (problems.length > 0) throw new Error(problems.join('\n'))
  const chosen = choose(process.argv.slice(2), GROUPS)
  // Coverage counts the sources.
  if (!isMeasured) process.env['TEST_BUILD'] = buildForTests()
  const together = chosen.filter(({ kind }) => kind === undefined)
  await Promise.all(
    Array.from({ length: availableParallelism() + (isMeasured ? 0 : 1) }, () => work(together)),
  )
  await work(chosen.filter(({ kind }) => kind !== undefined))
  process.stdout.write(`\n${summary(results)}`)
  if (results.some((result) => whyFailed(result) !== undefined)) process.exitCode = 1
}

/** Runs this script again under c8, which writes to `coverage/`. */
function withCoverage(): void {
  const c8 = fileURLToPath(new URL('../node_modules/c8/bin/c8.js', import.meta.url))
  const args = [c8, process.execPath, ...process.argv.slice(1)]
  process.exitCode = spawnSync(process.execPath, args, { stdio: 'inherit' }).status ?? 1
}

if (process.env['COVERAGE'] === '1' && !isMeasured) withCoverage()
else
  await main().catch((error: unknown) => {
    stopAll()
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
  })
