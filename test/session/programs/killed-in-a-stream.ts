/** Records a stream and the requests that bring its events about, and is killed before the cassette is closed. */
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

import { withCassette } from '../../../src/index.ts'

const path = process.env['TAPE'] ?? ''
const target = process.env['TARGET'] ?? ''
await withCassette(path, { mode: 'once' }, async () => {
  const response = await fetch(`${target}/sse/one`)
  const events = response.body?.getReader()
  await events?.read()
  for (const [action, body] of [
    ['push', 'first'],
    ['end', 'last'],
  ] as const) {
    await (await fetch(`${target}/${action}/one`, { method: 'POST', body })).text()
    await events?.read()
  }
  await events?.read()
  // The journal gets an exchange a little after its client has.
  while (!readFileSync(`${path}.recording`, 'utf8').includes('since:')) await sleep(10)
  process.kill(process.pid, 'SIGKILL')
  await new Promise(() => {})
})
