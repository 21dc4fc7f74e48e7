import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Makes a new empty folder. @returns its path, and a function that removes it with its content */
export function tempFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'cassette-test-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}
