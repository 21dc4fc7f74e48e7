import { createRequire } from 'node:module'

import type { buildConnector } from 'undici'

import { bypassInterceptors } from './interceptors.ts'
import { markAsOwn } from './symbols.ts'

const require = createRequire(import.meta.url)

/**
 * Makes undici's connector for cassette's own connections. Our patches do not see them. The first call loads undici.
 * @remarks Loads this file of undici, not its main module. The main module sets the global dispatchers when it is
 * loaded: the fetch of Node 22 and 24 would then run on undici 8. The program's own `import 'undici'` still does so,
 * as it does without us. `test/protocols/internals/own-connector.test.ts` fails if undici moves the file.
 */
export function ownConnector(options: buildConnector.BuildOptions): buildConnector.connector {
  const build = require('undici/lib/core/connect.js') as typeof buildConnector
  const connect = build(options)
  return (target, callback) => bypassInterceptors(() => connect(target, marked(callback)))
}

const marked =
  (callback: buildConnector.Callback): buildConnector.Callback =>
  (...args) => {
    const socket = args[1]
    if (socket !== null) markAsOwn(socket)
    callback(...args)
  }
