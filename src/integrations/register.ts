import { load } from './load.ts'

/** Set when a preload has begun: several copies of the package, or `--require` with `--import`, must begin only one. */
const LOADED = Symbol.for('cassette.register')

if (Reflect.get(process, LOADED) !== true) {
  Object.defineProperty(process, LOADED, { value: true })
  const { preload } = load('preload') as { preload: (url: string) => void }
  preload(import.meta.url)
}
