import { fileURLToPath } from 'node:url'

import type { Address } from '../registry/address.ts'
import type { Store } from '../registry/store.ts'

export interface StoreOptions {
  readonly token: string | undefined
  readonly env: Readonly<Record<string, string | undefined>>
}

/**
 * Opens the store of an address. An engine is loaded when it is needed.
 * @throws {RegistryError} if the package that an engine needs is not installed, or the store lacks what a registry needs
 */
export async function openStore(address: Address, { token, env }: StoreOptions): Promise<Store> {
  switch (address.kind) {
    case 'folder':
      return (await import('./folder.ts')).folderStore(fileURLToPath(address.url))
    case 'http':
      return (await import('./http.ts')).httpStore(address.url, address.name, token)
    case 'redis': {
      const { url, name, prefix } = address
      return (await import('./redis.ts')).redisStore({ url, name, prefix, password: token })
    }
    case 's3':
      return (await import('./s3.ts')).s3Store({ ...address, env })
    default: {
      const { name, remote, branch } = address
      return (await import('./git.ts')).gitStore({ name, remote, branch, token, env })
    }
  }
}
