import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { join } from 'node:path'
import { readFileSync } from 'node:fs'
import { withCassette } from '../../src/index.ts'
import { withEnvironment } from '../helpers/environment.ts'
import { tempFolder } from '../helpers/temp-folder.ts'
import { wholeAnswer } from './answers.ts'
import { CLIENTS } from './clients/index.ts'
import { proxy } from './clients/proxy.ts'
import { JSON_TYPE, say } from './say.ts'
import type { Call, FidelityClient, View } from './types.ts'
import { startWireServer, type Wire } from './wire-server.ts'

const REQUESTS = 200

/** Tells which request it answers, the later ones often first. */
async function answer(wire: Wire, client: FidelityClient): Promise<void> {
  const n = Number(/\/n(\d+)/.exec(wire.target)?.[1])
  await wire.body
  await sleep((n * 7) % 23)
  const text =
    client.dialect === 'plain'
      ? JSON.stringify({ n })
      : wholeAnswer(client.dialect).replace('end.', `end ${n}.`)
  await say(wire, '200 OK', [JSON_TYPE, ['x-number', String(n)]], text)
}

const callFor = (url: string, n: number): Call => ({ url: `${url}/n${n}`, method: 'GET', headers: [] })

/** Everything at once; what each was told stands at its own place. */
const ask = (client: FidelityClient, url: string): Promise<View[]> =>
  Promise.all(Array.from({ length: REQUESTS }, (_, n) => client.send(callFor(url, n))))

describe(`${REQUESTS} requests at once`, function () {
  this.timeout(30_000)

  for (const client of CLIENTS) {
    it(client.name, async () => {
      const folder = tempFolder()
      const path = join(folder.path, 'tape.yaml')
      await proxy.start()
      const server = await startWireServer((wire) => answer(wire, client))
      const url = `http://127.0.0.1:${server.port}`
      try {
        await withEnvironment({ CI: undefined, CASSETTE_MODE: undefined }, async () => {
          const live = await withCassette(path, () => ask(client, url))
          for (const [n, view] of live.entries()) assert.match(JSON.stringify(view), new RegExp(`\\b${n}\\b`))
          assert.equal(server.targets.length, REQUESTS, 'at the server')
          const order = [...readFileSync(path, 'utf8').matchAll(/^ +url: .*?\/n(\d+)/gm)].map(([, n]) =>
            Number(n),
          )
          assert.deepEqual(
            order,
            Array.from({ length: REQUESTS }, (_, n) => n),
            'in the cassette: the order in which they started',
          )
          await Promise.all([server.close(), proxy.stop()])
          await sleep(10)

          const replayed = await withCassette(path, { mode: 'none' }, async (cassette) => {
            const views = await ask(client, url)
            assert.equal(cassette.played, REQUESTS)
            return views
          })
          assert.deepEqual(replayed, live)
        })
      } finally {
        await Promise.race([client.close?.(), sleep(200)])
        await Promise.all([server.close(), proxy.stop()])
        folder.remove()
      }
    })
  }
})
