import { writeSync } from 'node:fs'
import { extname } from 'node:path'

/** The oldest Node that undici and the interceptors work on (package.json's `engines`). */
const OLDEST = [22, 19] as const

/** Whether a version such as `22.19.0` is new enough. */
function isSupported(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])
}

/** Ends the process with a message if Node is too old. Entry points import this file first, and it imports only built-ins. */
function requireNode(version: string): void {
  if (isSupported(version)) return
  writeSync(2, `cassette: Node ${OLDEST.join('.')} or newer is needed, this is ${version}.\n`)
  // A preload has no better way to refuse: Node would print a thrown error with the loader's whole stack.
  // oxlint-disable-next-line unicorn/no-process-exit
  process.exit(1)
}

requireNode(process.versions.node)

/**
 * Loads `NAME.ts` below this folder with Node's own `require`. On an old Node, an import would fail before the check runs.
 * In a VM context (vitest makes one for each test file), an import would load a copy that is lost with the context.
 * @remarks The path begins with `..` because in the package this file is a chunk in a folder beside `integrations`.
 * In such a context vitest replaces `node:module`, so this takes the built-in one.
 */
export function load(name: string): unknown {
  const { createRequire } = process.getBuiltinModule('node:module')
  return createRequire(import.meta.url)(`../integrations/${name}${extname(import.meta.url)}`) as unknown
}
