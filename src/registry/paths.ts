import { RegistryError } from '../errors/registry-error.ts'

// Windows has these names for devices, with any ending.
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i
const FORBIDDEN = /[\u{0}-\u{1f}\u{7f}<>:"|?*\\\u{d800}-\u{dfff}]/u
const MAX_PATH = 1000

/** Why a path cannot be in a registry, as the end of a sentence whose subject is the path. `undefined`: it can. */
export function pathProblem(path: string): string | undefined {
  if (path === '' || path.length > MAX_PATH) return `has not 1 to ${MAX_PATH} characters`
  if (!/\.ya?ml$/i.test(path)) return 'does not end with .yaml or .yml'
  if (path.startsWith('/')) return 'is absolute'
  if (FORBIDDEN.test(path)) return 'has a character that not every file system allows'
  if (path.normalize('NFC') !== path) return 'is not in the Unicode form NFC'
  for (const part of path.split('/')) {
    if (part === '' || part === '.' || part === '..') return 'has an empty part, "." or ".." in it'
    if (/[. ]$/.test(part)) return 'has a part that ends with a dot or a space'
    if (DEVICE.test(part)) return `has the part ${part}, which is a device on Windows`
    if (/^\.git$|^node_modules$/i.test(part)) return `has the part ${part}`
    if (Buffer.byteLength(part) > 240) return 'has a part of more than 240 bytes'
  }
  return undefined
}

/**
 * Checks the paths of a set of cassettes: alone, and that no two have one place on a file system that ignores case.
 * @throws {RegistryError} naming the path
 */
export function checkPaths(paths: Iterable<string>): void {
  const places = new Map<string, string>()
  const folders = new Map<string, string>()
  for (const path of paths) {
    const problem = pathProblem(path)
    if (problem !== undefined) throw wrong(path, problem)
    const place = folded(path)
    const other = places.get(place)
    if (other !== undefined && other !== path)
      throw wrong(path, `and ${JSON.stringify(other)} differ only in upper and lower case`)
    places.set(place, path)
    for (let at = path.indexOf('/'); at > 0; at = path.indexOf('/', at + 1)) {
      const folder = path.slice(0, at)
      const same = folders.get(folded(folder))
      if (same !== undefined && same !== folder)
        throw wrong(
          path,
          `is in a folder that differs only in upper and lower case from ${JSON.stringify(same)}`,
        )
      folders.set(folded(folder), folder)
    }
  }
  for (const [place, path] of places) {
    const inside = folders.get(place) ?? folders.get(`${place}.d`)
    if (inside !== undefined) throw wrong(path, `needs the name of the folder ${JSON.stringify(inside)}`)
  }
}

const folded = (path: string): string => path.toLowerCase().toUpperCase().toLowerCase()

const wrong = (path: string, problem: string): RegistryError =>
  new RegistryError('name', `The cassette ${JSON.stringify(path)} ${problem}. Give it another name.`)
