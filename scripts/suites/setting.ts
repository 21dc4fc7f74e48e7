// Preloaded into every process of a foreign suite. `SUITES_SETTING` says how the process is: `plain` (nothing is loaded),
// `idle` (patched, its one cassette was closed again) or `recording` (a cassette is open until the process ends).
import { threadId } from 'node:worker_threads'

import type * as Cassette from '../../src/index.ts'

const { SUITES_SETTING: setting, SUITES_PACKAGE: location = '', SUITES_FOLDER: folder } = process.env

if (setting !== 'plain') {
  const { openCassette } = (await import(location)) as typeof Cassette
  const path = `${folder}/${process.pid}-${threadId}-${Date.now()}.yaml`
  const opened = await openCassette(path, { mode: 'all', onRecordError: 'record' })
  if (setting === 'idle') await opened.close()
}
