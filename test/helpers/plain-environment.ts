import { pathToFileURL } from 'node:url'

import { fromRoot } from './shared.ts'

/**
 * Loaded before every test file (`.mocharc.json`): tests, and the programs that they start, see no `CI` and no `CASSETTE_*`.
 * A CI machine sets `CI`, with which no cassette is recorded. A test that is about these variables sets them itself.
 */
for (const name of Object.keys(process.env))
  if (name === 'CI' || name.startsWith('CASSETTE_')) delete process.env[name]

// Programs of this repository load the built package, if there is one.
if (process.env['TEST_BUILD'] !== undefined)
  process.env['NODE_OPTIONS'] = `--import=${pathToFileURL(fromRoot('test/helpers/from-build.ts')).href}`
