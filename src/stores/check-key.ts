import { RegistryError } from '../errors/registry-error.ts'
import { isKey } from '../registry/names.ts'

/** @throws {RegistryError} if a registry has no such key: a path could leave its place */
export function checkKey(key: string): string {
  if (isKey(key)) return key
  throw new RegistryError('name', `${JSON.stringify(key)} cannot be a key of a registry.`)
}
