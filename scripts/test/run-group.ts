import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

import type { Group } from './groups.ts'
import type { Ended, Result } from './result.ts'

/** How long one group may take, ms. */
const LIMIT_MS = 20 * 60_000

const root = fileURLToPath(new URL('../../', import.meta.url))
const mocha = join(root, 'node_modules/mocha/bin/mocha.js')
const reporter = join(root, 'scripts/test/counting-reporter.ts')

const running = new Set<() => void>()

/** Ends every mocha process that still runs, and what it started. */
export function stopAll(): void {
  for (const stop of running) stop()
}

/**
 * Runs the test files of a group in one mocha process.
 * A group that runs alone measures time: it runs without coverage, which would add its own time to each measurement.
 * @param print called with the whole output when the process has ended
 */
export async function runGroup(
  { name, kind }: Pick<Group, 'name' | 'kind'>,
  files: readonly string[],
  print: (output: string) => void,
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'cassette-tests-'))
  const counts = join(folder, 'counts.json')
  const start = performance.now()
  // A test that failed may leave a server open, which would keep the process alive.
  const args = [
    mocha,
    '--exit',
    '--reporter',
    reporter,
    '--reporter-option',
    `counts=${counts}`,
    ...retries(),
    ...files,
  ]
  // A process group of its own, so that `stop` also ends what mocha started.
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: environmentOf(kind),
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const stop = (): void => {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
  }
  const closed = once(child, 'close')
  running.add(stop)
  const limit = globalThis.setTimeout(stop, LIMIT_MS)
  const output: Buffer[] = []
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => void output.push(chunk))
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (status) => resolve(status))
  })
  // A process that a test left running may keep the pipes open.
  await Promise.race([closed, setTimeout(2000, undefined, { ref: false })])
  clearTimeout(limit)
  running.delete(stop)
  const seconds = (performance.now() - start) / 1000
  print(Buffer.concat(output).toString())
  const ended = readEnded(counts)
  const { failures = [], retried = [] } = ended ?? {}
  const result = { name, code, seconds, counts: ended?.counts, failures, retried }
  rmSync(folder, { recursive: true, force: true })
  return result
}

/**
 * A compile cache saves a fifth of the time of tests that start many processes. Coverage is not exact with it, and it
 * would change what the other kinds of groups measure.
 */
function environmentOf(kind: Group['kind']): NodeJS.ProcessEnv {
  if (kind === 'alone') return { ...process.env, NODE_V8_COVERAGE: undefined }
  if (kind === 'long' || process.env['NODE_V8_COVERAGE'] !== undefined) return process.env
  return { ...process.env, NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/compiled') }
}

/** With TEST_RETRIES=1 a test that failed runs once more: on a busy machine a time limit may be missed. The summary names it. */
function retries(): string[] {
  const count = process.env['TEST_RETRIES']
  return count === undefined ? [] : ['--retries', count]
}

function readEnded(file: string): Ended | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Ended) : undefined
}
