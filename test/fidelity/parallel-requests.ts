import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { join } from 'node:path'
import { readFileSync } from 'node:fs'
import { withCassette } from '../../src/index.ts'
import { runs } from '../helpers/runs.ts'
import { withEnvironment } from '../helpers/environment.ts'
import { tempFolder } from '../helpers/temp-folder.ts'
import { streamedAnswer, wholeAnswer } from './answers.ts'
import { CLIENTS } from './clients/index.ts'
import { proxy } from './clients/proxy.ts'
import { JSON_TYPE, say, sayChunks, TEXT } from './say.ts'
import type { Call, FidelityClient, View } from './types.ts'
import { startWireServer, type Wire } from './wire-server.ts'

/** Many parallel requests. Each answer names its request. */
interface Load {
  readonly name: string
  readonly requests: number
  readonly clients: readonly FidelityClient[]
  /** The clients of the short form. Default: those that differ most. */
  readonly few?: readonly string[]
  readonly call?: Partial<Call>
  answer(wire: Wire, n: number, client: FidelityClient): Promise<void>
  /** Whether a view is that of request `n`. */
  isAnswer(view: View, n: number): boolean
}

const named = (...names: readonly string[]): FidelityClient[] => {
  const found = CLIENTS.filter(({ name }) => names.includes(name))
  assert.equal(found.length, names.length)
  return found
}
const FEW = ['fetch', 'undici 8 Pool', 'undici 6 request', 'http.request, keep-alive Agent', 'got', 'axios']

const says = (view: View, n: number): boolean => new RegExp(`\\b${n}\\b`).test(JSON.stringify(view))

const MEGABYTE = 1024 * 1024
/** 1 MB of text that only this request gets. */
const largeText = (n: number): string => {
  const line = `${createHash('sha256').update(String(n)).digest('hex')} ${n}\n`
  return line.repeat(Math.ceil(MEGABYTE / line.length)).slice(0, MEGABYTE)
}

const LOADS: readonly Load[] = [
  {
    name: 'small answers, the later ones often first',
    requests: runs(200),
    clients: CLIENTS,
    async answer(wire, n, { dialect }) {
      await sleep((n * 7) % 23)
      const text =
        dialect === 'plain' ? JSON.stringify({ n }) : wholeAnswer(dialect).replace('end.', `end ${n}.`)
      await say(wire, '200 OK', [JSON_TYPE, ['x-number', String(n)]], text)
    },
    isAnswer: says,
  },
  {
    name: 'answers of 1 MB',
    requests: 12,
    clients: named('fetch', 'axios', 'undici 8 Pool', 'http.request, keep-alive Agent'),
    few: ['fetch'],
    async answer(wire, n) {
      const text = largeText(n)
      // Sent in pieces, so that the answers interleave.
      const parts = Array.from({ length: 16 }, (_, i) =>
        text.slice((i * MEGABYTE) / 16, ((i + 1) * MEGABYTE) / 16),
      )
      await sleep((n * 7) % 23)
      await sayChunks(wire, [TEXT], parts, { gapMs: 1 })
    },
    isAnswer(view, n) {
      const text = largeText(n)
      const sha256 = createHash('sha256').update(text).digest('hex')
      return view.body?.sha256 === sha256 || JSON.stringify(view.result ?? '').includes(sha256)
    },
  },
  {
    name: 'streams, event by event',
    requests: 60,
    clients: named(...FEW, 'openai', '@anthropic-ai/sdk'),
    few: [...FEW, 'openai'],
    call: { streaming: true },
    async answer(wire, n, { dialect }) {
      const { type, parts } = streamedAnswer(dialect)
      const marked = parts.map((part) =>
        Buffer.from(part.toString().replace('end.', `end ${n}.`).replace('one line', `line ${n}`)),
      )
      await sayChunks(wire, [['content-type', type]], marked, { gapMs: n % 3 })
    },
    isAnswer: says,
  },
]

const numberOf = (wire: Wire): number => Number(/\/n(\d+)/.exec(wire.target)?.[1])

async function run({ requests, call, answer, isAnswer }: Load, client: FidelityClient): Promise<void> {
  const folder = tempFolder()
  const path = join(folder.path, 'tape.yaml')
  await proxy.start()
  const server = await startWireServer(async (wire) => {
    await wire.body
    await answer(wire, numberOf(wire), client)
  })
  const numbers = Array.from({ length: requests }, (_, n) => n)
  /** Sends all requests at once. @returns the views in the order of the requests */
  const ask = (): Promise<View[]> =>
    Promise.all(
      numbers.map((n) =>
        client.send({
          url: `http://127.0.0.1:${server.port}/n${n}`,
          method: 'GET',
          headers: [],
          ...call,
        }),
      ),
    )
  try {
    await withEnvironment({ CI: undefined, CASSETTE_MODE: undefined }, async () => {
      const live = await withCassette(path, ask)
      for (const [n, view] of live.entries())
        assert.ok(isAnswer(view, n), `${n}: ${JSON.stringify(view).slice(0, 200)}`)
      assert.equal(server.targets.length, requests, 'at the server')
      const order = [...readFileSync(path, 'utf8').matchAll(/^ +url: .*?\/n(\d+)/gm)].map(([, n]) =>
        Number(n),
      )
      assert.deepEqual(order, numbers, 'in the cassette: the order in which they started')
      await Promise.all([server.close(), proxy.stop()])
      await sleep(10)

      const replayed = await withCassette(path, { mode: 'none' }, async (cassette) => {
        const views = await ask()
        assert.equal(cassette.played, requests)
        return views
      })
      assert.deepEqual(replayed, live)
    })
  } finally {
    await Promise.race([client.close?.(), sleep(200)])
    await Promise.all([server.close(), proxy.stop()])
    folder.remove()
  }
}

/**
 * Tests of many parallel requests.
 * @param which `few`: every load with the clients that differ most. `others`: with the remaining clients.
 */
export function parallelRequests(which: 'few' | 'others'): void {
  for (const load of LOADS) {
    const few = load.few ?? FEW
    const clients = load.clients.filter(({ name }) => few.includes(name) === (which === 'few'))
    if (clients.length === 0) continue
    describe(`${load.requests} parallel requests (${load.name}) each get their own answer with`, function () {
      this.timeout(60_000)
      for (const client of clients) it(client.name, () => run(load, client))
    })
  }
}
