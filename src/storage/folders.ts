import { mkdirSync, rmdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { codeOf } from './fs-problem.ts'

/** Makes a folder and its parents. @returns the folders that it made, the deepest first. */
export function makeFolders(folder: string): string[] {
  const missing: string[] = []
  for (let at = folder; statSync(at, { throwIfNoEntry: false }) === undefined; at = dirname(at))
    missing.push(at)
  // One by one: a recursive mkdir of Node reports ENOENT for every problem on its way.
  return missing.toReversed().filter(makeFolder).toReversed()
}

/** Removes folders in the given order, the deepest first, and stops at the first one that is not empty. */
export function removeEmptyFolders(folders: readonly string[]): void {
  for (const folder of folders) {
    try {
      rmdirSync(folder)
    } catch {
      return
    }
  }
}

/** @returns false if another process made the folder first. */
function makeFolder(folder: string): boolean {
  try {
    mkdirSync(folder)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}
