import { writeSync } from 'node:fs'

/** The oldest Node that undici and the interceptors work on (package.json's `engines`). */
const OLDEST = [22, 19] as const

/** Whether a version such as `22.19.0` is new enough. */
function isSupported(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])
}

/**
 * Ends the process with a message where Node is too old. This file imports nothing that could fail first, and every
 * entry point imports it before anything else.
 */
function requireNode(version: string): void {
  if (isSupported(version)) return
  writeSync(2, `cassette: Node ${OLDEST.join('.')} or newer is needed, this is ${version}.\n`)
  // A preload cannot refuse in any other way: what it throws is printed with the loader's whole stack.
  // oxlint-disable-next-line unicorn/no-process-exit
  process.exit(1)
}

requireNode(process.versions.node)

/** Importing this value runs the check. */
export const checkedNode: string = process.versions.node
