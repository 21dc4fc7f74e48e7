import { createRequire } from 'node:module'

import type { buildConnector } from 'undici'

import { bypassInterceptors } from './interceptors.ts'

const require = createRequire(import.meta.url)

/**
 * Makes a connector for what cassette itself asks of the network: undici's, and none of our patches sees its connections.
 * undici is loaded at the first call.
 *
 * @remarks This file of undici, and not its main module, which sets the global dispatchers while it is loaded: the fetch of
 * Node 22 and 24 would then run on undici 8. The program's own `import 'undici'` still does so, as it does without us.
 * `test/protocols/internals/own-connector.test.ts` fails if undici moves the file.
 */
export function ownConnector(options: buildConnector.BuildOptions): buildConnector.connector {
  const build = require('undici/lib/core/connect.js') as typeof buildConnector
  const connect = build(options)
  return (target, callback) => bypassInterceptors(() => connect(target, callback))
}
