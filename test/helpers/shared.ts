import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Makes a path from the repository's root absolute. */
export function fromRoot(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url))
}

/**
 * The path of a file in the `shared` folder, which developers may have next to their checkout.
 * @returns `undefined` if it does not exist: the test then skips itself and says so in its title
 */
export function shared(path: string): string | undefined {
  const full = fromRoot(`../shared/${path}`)
  return existsSync(full) ? full : undefined
}
