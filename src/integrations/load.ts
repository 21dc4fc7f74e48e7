import { writeSync } from 'node:fs'
import { extname } from 'node:path'

/** The oldest Node that undici and the interceptors work on (package.json's `engines`). */
const OLDEST = [22, 19] as const

/** Whether a version such as `22.19.0` is new enough. */
function isSupported(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])
}

/** Ends the process with a message if Node is too old. Entry points import this file first: it imports nothing that could fail. */
function requireNode(version: string): void {
  if (isSupported(version)) return
  writeSync(2, `cassette: Node ${OLDEST.join('.')} or newer is needed, this is ${version}.\n`)
  // A preload cannot refuse in any other way: what it throws is printed with the loader's whole stack.
  // oxlint-disable-next-line unicorn/no-process-exit
  process.exit(1)
}

requireNode(process.versions.node)

/**
 * Loads `NAME.ts` below this folder by Node's own `require`. An import would fail on an old Node before the check has run.
 * In a VM context (vitest makes one for each test file) an import would give a copy that is lost with the context.
 * @remarks In such a context `node:module` is vitest's.
 */
export function load(name: string): unknown {
  const { createRequire } = process.getBuiltinModule('node:module')
  return createRequire(import.meta.url)(`./${name}${extname(import.meta.url)}`) as unknown
}
