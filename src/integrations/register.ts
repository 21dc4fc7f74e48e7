import { createRequire } from 'node:module'
import { extname } from 'node:path'

import { checkedNode } from './node-version.ts'

/** Several copies of the package, or both `--require` and `--import`: one preload is enough. */
const LOADED = Symbol.for('cassette.register')

if (checkedNode !== '' && Reflect.get(process, LOADED) !== true) {
  Object.defineProperty(process, LOADED, { value: true })
  // Not imported: on a Node that is too old the import would fail before the check has spoken.
  const file = `./preload${extname(import.meta.url)}`
  const { preload } = createRequire(import.meta.url)(file) as { preload: () => void }
  preload()
}
