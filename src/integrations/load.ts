import { extname } from 'node:path'

import { checkedNode } from './node-version.ts'

/**
 * Loads a file of this folder. An import of it would fail on a Node that is too old before the check has spoken; and
 * in a VM context, as vitest makes one for each test file, it would give a copy that is thrown away with the context.
 * @note In such a context `node:module` is vitest's.
 */
export function load(name: string): unknown {
  if (!checkedNode) throw new Error('unreachable: the check ends the process')
  const { createRequire } = process.getBuiltinModule('node:module')
  return createRequire(import.meta.url)(`./${name}${extname(import.meta.url)}`) as unknown
}
