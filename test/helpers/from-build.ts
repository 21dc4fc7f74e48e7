/**
 * Preloaded into the programs that tests start, if `npm test` has built the package: they load the built entry points in
 * place of those in `src`. A file of `src` that is no entry point is loaded as it is.
 */
import { existsSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { pathToFileURL } from 'node:url'

const sources = new URL('../../src/', import.meta.url).href
const built = pathToFileURL(`${process.env['TEST_BUILD'] ?? ''}/dist/`).href

registerHooks({
  resolve(specifier, context, next) {
    const found = next(specifier, context)
    if (!found.url.startsWith(sources)) return found
    const url = new URL(found.url.slice(sources.length).replace(/\.ts$/, '.js'), built)
    return existsSync(url) ? { ...found, url: url.href, format: 'module' } : found
  },
})
