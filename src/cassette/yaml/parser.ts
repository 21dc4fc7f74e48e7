import { createRequire } from 'node:module'

import type * as Yaml from 'yaml'

const require = createRequire(import.meta.url)
let loaded: typeof Yaml | undefined

/** The package `yaml`, loaded at the first call: most cassettes have the layout that cassette writes and need no YAML parser. */
export const yaml = (): typeof Yaml => (loaded ??= require('yaml') as typeof Yaml)
