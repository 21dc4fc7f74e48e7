import { RegistryError } from '../errors/registry-error.ts'

const PROJECT = /^[a-z0-9][a-z0-9._-]{0,99}$/
const REF =
  /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9_-])?(?:\/[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9_-])?)*$/
const MAX_REF = 120
const KEY = /^[a-z0-9][a-z0-9._-]{0,99}(?:\/[a-z0-9][a-z0-9._~-]{0,250}){2,3}$/

/** @throws {RegistryError} if a project cannot have this name */
export function checkProject(name: string): string {
  if (PROJECT.test(name) && !name.includes('..')) return name
  throw new RegistryError(
    'name',
    `${JSON.stringify(name)} cannot be the name of a project: use a to z, 0 to 9, ".", "_" and "-", at most 100 characters.`,
  )
}

/** @throws {RegistryError} if a ref cannot have this name */
export function checkRef(name: string): string {
  if (REF.test(name) && name.length <= MAX_REF && !name.includes('..')) return name
  throw new RegistryError(
    'name',
    `${JSON.stringify(name)} cannot be the name of a ref: use letters, digits, ".", "_", "-" and "/" between them, as in ` +
      `pr-42 or feature/search, at most ${MAX_REF} characters.`,
  )
}

/** Capitals and `/` are escaped, so that no two refs have one file in a folder that ignores case, and none is inside another. */
const escaped = (ref: string): string =>
  ref.replaceAll('/', '~.').replaceAll(/[A-Z]/g, (letter) => `~${letter.toLowerCase()}`)

const unescaped = (name: string): string =>
  name.replaceAll(/~(.)/g, (_, one: string) => (one === '.' ? '/' : one.toUpperCase()))

export const refKey = (project: string, ref: string): string => `${project}/refs/r.${escaped(ref)}`
export const refPrefix = (project: string): string => `${project}/refs/r.`
export const refOfKey = (key: string): string =>
  unescaped(key.slice(key.indexOf('/refs/r.') + '/refs/r.'.length))
export const manifestKey = (project: string, digest: string): string => `${project}/manifests/${digest}`
export const manifestPrefix = (project: string): string => `${project}/manifests/`
export const blobPrefix = (project: string): string => `${project}/blobs/`
/** @param blob a digest, or `DIGEST.N` for its Nth copy */
export const blobKey = (project: string, blob: string): string =>
  `${project}/blobs/${blob.slice(0, 2)}/${blob}`
export const metaKey = (project: string, name: 'project' | 'condemned' | 'clock'): string =>
  `${project}/meta/${name}`

/** Whether a key is one that a registry uses. An engine gives no other a place. */
export const isKey = (key: string): boolean => KEY.test(key) && !key.includes('..')

/** Whether the object of a key changes. */
export const isMutable = (key: string): boolean => /^[^/]+\/(?:refs|meta)\//.test(key)

/** The project of a key. */
export const projectOf = (key: string): string => key.slice(0, key.indexOf('/'))
