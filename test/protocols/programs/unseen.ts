import { setTimeout as sleep } from 'node:timers/promises'

import { Client } from 'undici'

// One connection, opened before cassette is loaded.
const { URL: url = '', TAPE: tape = '' } = process.env
const client = new Client(url)
const ask = async (): Promise<string> => {
  const { body } = await client.request({ path: '/ask', method: 'POST', body: 'q' })
  return body.text()
}

console.log(await ask())
await sleep(20)
const { withCassette } = await import('../../../src/index.ts')
for (let run = 0; run < 3; run++)
  try {
    console.log(await withCassette(tape, { mode: 'once' }, ask))
  } catch (error) {
    console.log((error as { code: string }).code, (error as Error).message)
  }
await client.destroy()
