import http from 'node:http'

import { withCassette } from '../../../src/index.ts'

// Only the connections keep the process alive: the timers of these clients do not.
const { URL: url = '', TAPE: tape = '', TIMEOUT_MS: timeout = '' } = process.env
const told = await withCassette(tape, () =>
  Promise.all([
    fetch(url, { signal: AbortSignal.timeout(Number(timeout)) }).catch(
      (error: unknown) => (error as Error).name,
    ),
    new Promise<string>((resolve) => {
      const request = http.get(url, { agent: false, timeout: Number(timeout) })
      request.on('timeout', () => request.destroy(new Error('too slow')))
      request.on('error', (error) => resolve(error.message))
    }),
  ]),
)
console.log(told.map(String).join(', '))
