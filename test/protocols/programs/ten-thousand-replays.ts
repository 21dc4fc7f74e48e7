// Records one exchange, then replays it 10,000 times through the client its argument names, with the server gone.
// Prints, as JSON, what that cost: see `Held`. Run it with --expose-gc.
import http from 'node:http'
import net from 'node:net'
import { join } from 'node:path'
import { setImmediate as macrotask, setTimeout as sleep } from 'node:timers/promises'

import { Agent, request as undiciRequest } from 'undici'

import { withCassette } from '../../../src/index.ts'
import { startServer } from '../../helpers/server.ts'
import { tempFolder } from '../../helpers/temp-folder.ts'

export interface Held {
  readonly ms: number
  /** How often a timer of 5 ms fired meanwhile. */
  readonly ticks: number
  /** How many sockets were connected. */
  readonly sockets: number
  /** Open handles before and after. */
  readonly handles: readonly [before: number, after: number]
  readonly bytesPerReplay: number
}

const REPLAYS = 10_000
const WARM_UP = 1000

const getHttp = (url: string, agent: http.Agent | false): Promise<string> =>
  new Promise((resolve, reject) => {
    http
      .get(url, { agent }, (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => (text += chunk))
        response.on('end', () => resolve(text))
        response.on('error', reject)
      })
      .on('error', reject)
  })

const keepAlive = new http.Agent({ keepAlive: true, maxSockets: 4 })
const pool = new Agent({ connections: 4 })
const CLIENTS: Readonly<Record<string, (url: string) => Promise<string>>> = {
  fetch: async (url) => (await fetch(url)).text(),
  'undici Agent': async (url) => (await undiciRequest(url, { dispatcher: pool })).body.text(),
  'http, keep-alive': (url) => getHttp(url, keepAlive),
  'http, no keep-alive': (url) => getHttp(url, false),
}

const ask = CLIENTS[process.argv[2] ?? '']
if (!ask) throw new Error(`no client ${process.argv[2]}`)

const server = await startServer((_, response) => void response.end('x'.repeat(1000)))
const folder = tempFolder()
const path = join(folder.path, 'tape.yaml')
await withCassette(path, () => ask(server.url))
await server.close()

let sockets = 0
let counted = new WeakSet<net.Socket>()
const { connect } = net.Socket.prototype
net.Socket.prototype.connect = function (this: net.Socket, ...args: unknown[]): net.Socket {
  // The interceptors connect a socket a second time.
  if (!counted.has(this)) sockets++
  counted.add(this)
  return Reflect.apply(connect, this, args) as net.Socket
}

const replays = (count: number): Promise<void> =>
  withCassette(path, { mode: 'none', allowPlaybackRepeats: true }, async () => {
    for (let i = 0; i < count; i++)
      if ((await ask(server.url)).length !== 1000) throw new Error('not replayed')
  })

async function held(): Promise<{ heap: number; handles: number }> {
  await sleep(50)
  for (let i = 0; i < 5; i++) {
    globalThis.gc?.()
    await macrotask()
  }
  const handles = process.getActiveResourcesInfo().filter((name) => !/Timeout|Immediate/.test(name)).length
  return { heap: process.memoryUsage().heapUsed, handles }
}

await replays(WARM_UP)
const before = await held()
sockets = 0
counted = new WeakSet()
let ticks = 0
const timer = setInterval(() => ticks++, 5)
const start = performance.now()
await replays(REPLAYS)
const ms = performance.now() - start
clearInterval(timer)
const after = await held()
folder.remove()
const result: Held = {
  ms: Math.round(ms),
  ticks,
  sockets,
  handles: [before.handles, after.handles],
  bytesPerReplay: Math.round((after.heap - before.heap) / REPLAYS),
}
process.stdout.write(JSON.stringify(result))
