import { mkdirSync, rmdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { codeOf } from './fs-problem.ts'

/** Makes a folder and those above it. @returns those that were missing, the deepest first. */
export function makeFolders(folder: string): string[] {
  const missing: string[] = []
  for (let at = folder; statSync(at, { throwIfNoEntry: false }) === undefined; at = dirname(at))
    missing.push(at)
  // One by one: Node says ENOENT for whatever stops a recursive mkdir half-way.
  return missing.toReversed().filter(makeFolder).toReversed()
}

/** Removes folders again, the deepest first, as long as nothing is in them. */
export function removeEmptyFolders(folders: readonly string[]): void {
  for (const folder of folders) {
    try {
      rmdirSync(folder)
    } catch {
      return
    }
  }
}

/** False: another process was faster. */
function makeFolder(folder: string): boolean {
  try {
    mkdirSync(folder)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}
