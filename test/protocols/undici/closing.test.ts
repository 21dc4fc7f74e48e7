import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

import { Agent, getGlobalDispatcher, request, setGlobalDispatcher } from 'undici'

import { withCassette } from '../../../src/index.ts'
import { tempFolder } from '../../helpers/temp-folder.ts'

describe('closing the global dispatcher', () => {
  const folder = tempFolder()
  const former = getGlobalDispatcher()
  after(() => {
    setGlobalDispatcher(former)
    folder.remove()
  })

  it('waits for requests in flight, refuses later ones, and calls back, live, recorded and in replay', async () => {
    const server = createServer((_, response) => void sleep(50).then(() => response.end('hello')))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const ask = (path: string): Promise<string> =>
      request(url + path).then(
        ({ body }) => body.text(),
        (error: unknown) => String(Reflect.get(error as object, 'code')),
      )
    const run = async (): Promise<string[]> => {
      const log: string[] = []
      const first = ask('/first').then((text) => log.push(`first: ${text}`))
      const closed = getGlobalDispatcher().close()
      const late = ask('/late').then((text) => log.push(`late: ${text}`))
      await closed
      await Promise.all([first, late])
      getGlobalDispatcher().close(() => log.push('called back'))
      await sleep(20)
      return log.toSorted()
    }
    const path = `${folder.path}/closing.yaml`
    setGlobalDispatcher(new Agent())
    const live = await run()
    assert.ok(live.includes('first: hello'))
    setGlobalDispatcher(new Agent())
    assert.deepEqual(await withCassette(path, { mode: 'all' }, run), live)
    server.close()
    server.closeAllConnections()
    setGlobalDispatcher(new Agent())
    assert.deepEqual(await withCassette(path, { mode: 'none' }, run), live)
  })
})
