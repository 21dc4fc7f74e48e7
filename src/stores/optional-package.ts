import { RegistryError } from '../errors/registry-error.ts'

/**
 * Loads the client that an engine needs.
 * @throws {RegistryError} if it is not installed
 */
export async function optionalPackage<T>(name: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load()
  } catch (error) {
    throw new RegistryError(
      'unsupported',
      `This registry needs the package ${name}: npm install --save-dev ${name}`,
      { cause: error },
    )
  }
}
