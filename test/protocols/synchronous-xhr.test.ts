import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

import { Window } from 'happy-dom'
import { JSDOM, VirtualConsole } from 'jsdom'

import { withCassette } from '../../src/index.ts'
import { testBench } from '../helpers/cassette-folder.ts'

interface Xhr {
  responseText: string
  open(method: string, url: string, isAsync: boolean): void
  send(): void
}

/** Blocks this thread until the response is there. */
function ask(xhr: Xhr, url: string): string {
  xhr.open('GET', url, false)
  xhr.send()
  return xhr.responseText
}

const CLIENTS: Readonly<Record<string, (url: string) => string>> = {
  jsdom(url) {
    const { window } = new JSDOM('', { url, virtualConsole: new VirtualConsole() })
    const text = ask(new window.XMLHttpRequest() as Xhr, `${url}jsdom`)
    window.close()
    return text
  },
  'happy-dom': (url) => ask(new new Window({ url }).XMLHttpRequest(), `${url}happy-dom`),
}

/** As docs/clients.md says: another thread or process sends it, while nobody here could answer. */
describe('synchronous XMLHttpRequest', () => {
  const bench = testBench(() => {})

  for (const [name, send] of Object.entries(CLIENTS))
    it(`of ${name} goes live, and no cassette sees it in any mode`, async () => {
      const server = new Worker(new URL('programs/blocking-server.ts', import.meta.url))
      try {
        const [port] = (await once(server, 'message')) as [number]
        const url = `http://127.0.0.1:${port}/`
        for (const mode of ['once', 'none'] as const) {
          const heard = once(server, 'message')
          const session = withCassette(bench.path(), { mode }, (cassette) => {
            assert.equal(send(url), 'live')
            return [cassette.recorded, cassette.played, cassette.misses.length]
          })
          assert.deepEqual(await session, [0, 0, 0])
          assert.deepEqual(await heard, [`/${name}`])
        }
        assert.equal(bench.read(), undefined)
      } finally {
        await server.terminate()
      }
    })
})
