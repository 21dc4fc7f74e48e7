import { mkdirSync, rmdirSync } from 'node:fs'
import { dirname } from 'node:path'

/** Makes a folder and those above it. @returns those that were missing, the deepest first. */
export function makeFolders(folder: string): string[] {
  const first = mkdirSync(folder, { recursive: true })
  if (first === undefined) return []
  const made = [folder]
  for (let at = folder; at !== first && dirname(at) !== at;) {
    at = dirname(at)
    made.push(at)
  }
  return made
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
