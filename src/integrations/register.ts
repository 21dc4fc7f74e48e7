import { load } from './load.ts'

/** Several copies of the package, or both `--require` and `--import`: one preload is enough. */
const LOADED = Symbol.for('cassette.register')

if (Reflect.get(process, LOADED) !== true) {
  Object.defineProperty(process, LOADED, { value: true })
  const { preload } = load('preload') as { preload: () => void }
  preload()
}
