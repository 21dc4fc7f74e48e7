import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** A path inside the repository, from its root. */
export function fromRoot(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url))
}

/**
 * The path of a file or folder of the `shared` folder that stands beside a developer's checkout,
 * or `undefined` where there is none: such tests are skipped by name.
 */
export function shared(path: string): string | undefined {
  const full = fromRoot(`../shared/${path}`)
  return existsSync(full) ? full : undefined
}
