/** Records a stream and the requests that bring its events about, and is killed before the cassette is closed. */
import { withCassette } from '../../../src/index.ts'

const target = process.env['TARGET'] ?? ''
await withCassette(process.env['TAPE'] ?? '', { mode: 'once' }, async () => {
  const response = await fetch(`${target}/sse/one`)
  const events = response.body?.getReader()
  await events?.read()
  for (const [path, body] of [
    ['push', 'first'],
    ['end', 'last'],
  ] as const) {
    await (await fetch(`${target}/${path}/one`, { method: 'POST', body })).text()
    await events?.read()
  }
  await events?.read()
  process.kill(process.pid, 'SIGKILL')
  await new Promise(() => {})
})
