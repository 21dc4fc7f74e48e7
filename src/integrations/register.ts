import { checkedNode } from './node-version.ts'
import { preload } from './preload.ts'

/** Several copies of the package, or both `--require` and `--import`: one preload is enough. */
const LOADED = Symbol.for('cassette.register')

if (checkedNode !== '' && Reflect.get(process, LOADED) !== true) {
  Object.defineProperty(process, LOADED, { value: true })
  preload()
}
