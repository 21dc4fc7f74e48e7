// Uses clients that keep their connections, and only then opens a first cassette; uses them again between cassettes, and
// leaves a request under way while one opens. With `late`, cassette itself is loaded after those first requests. Prints,
// as JSON, what each client got: see `Early`.
import http from 'node:http'
import https from 'node:https'
import net from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { Agent, Client, Pool, request as undiciRequest } from 'undici'

import { startServer } from '../../helpers/server.ts'
import { tempFolder } from '../../helpers/temp-folder.ts'
import { selfSigned } from '../../helpers/tls-certificate.ts'

export interface Early {
  readonly client: string
  /** Whether the pool of the client can be neither emptied nor passed over. */
  readonly isClosed: boolean
  /** Inside the first cassette, after two requests outside. */
  readonly recorded: string
  /** In a replay, after two requests outside. */
  readonly replayed: string
  /** How many requests the replay sent to the server. */
  readonly leaked: number
  /** What a request got that was under way when a cassette opened. */
  readonly underWay: string
  /** What was recorded in the cassette that opened meanwhile: the request sent in it, nothing else. */
  readonly meanwhile: string
}

const keys = selfSigned()
let answers = 0
const answer = async (request: { path: string }, response: http.ServerResponse): Promise<void> => {
  if (request.path === '/slow') await sleep(60)
  response.end(`${request.path} ${++answers}`)
}
const plain = await startServer(answer)
const secure = await startServer(answer, keys)

const agent = new Agent()
const secureAgent = new Agent({ connect: { ca: keys.cert } })
const pool = new Pool(plain.url, { connections: 1 })
const client = new Client(plain.url)
const keepAlive = new http.Agent({ keepAlive: true })
const secureKeepAlive = new https.Agent({ keepAlive: true, ca: keys.cert })

const alone = new http.Agent({ keepAlive: true, maxSockets: 1 })

/** Knows `addRequest` from before any patch, as an agent of another package may. */
class EarlyAgent extends http.Agent {}
Object.assign(EarlyAgent.prototype, {
  addRequest: Reflect.get(http.Agent.prototype, 'addRequest') as unknown,
})
const earlyAgent = new EarlyAgent({ keepAlive: true })

/** An agent with a pool of its own. */
class OwnPool {
  readonly #free: net.Socket[] = []
  addRequest(request: http.ClientRequest): void {
    request.shouldKeepAlive = true
    const free = this.#free.pop()
    request.onSocket(free?.destroyed === false ? free : this.#dial())
  }
  #dial(): net.Socket {
    const socket = net.connect(plain.port, '127.0.0.1')
    return socket.on('free', () => this.#free.push(socket))
  }
}
const ownPool = new OwnPool() as unknown as http.Agent

const get = (url: string, via: http.Agent): Promise<string> =>
  new Promise((resolve, reject) => {
    const { get: send } = url.startsWith('https:') ? https : http
    const request = send(url, { agent: via }, (response) => {
      response.setEncoding('utf8')
      let text = ''
      response.on('data', (chunk: string) => (text += chunk))
      response.on('end', () => resolve(text))
      response.on('error', reject)
    })
    request.on('error', reject)
  })

const CLIENTS: Readonly<Record<string, (path: string) => Promise<string>>> = {
  fetch: async (path) => (await fetch(plain.url + path)).text(),
  'undici, global dispatcher': async (path) => (await undiciRequest(plain.url + path)).body.text(),
  'undici Agent': async (path) => (await undiciRequest(plain.url + path, { dispatcher: agent })).body.text(),
  'undici Agent, TLS': async (path) =>
    (await undiciRequest(secure.url + path, { dispatcher: secureAgent })).body.text(),
  'undici Pool': async (path) => (await pool.request({ path, method: 'GET' })).body.text(),
  'undici Client': async (path) => (await client.request({ path, method: 'GET' })).body.text(),
  'http, keep-alive agent': (path) => get(plain.url + path, keepAlive),
  'http, keep-alive agent with one connection': (path) => get(plain.url + path, alone),
  'https, keep-alive agent': (path) => get(secure.url + path, secureKeepAlive),
}

/** Those whose pools nobody can empty. Their requests may be refused by name. */
const CLOSED: typeof CLIENTS = {
  'http, agent that is older than the patches': (path) => get(plain.url + path, earlyAgent),
  'http, agent with a pool of its own': (path) => get(plain.url + path, ownPool),
}

const outcome = async (run: () => Promise<string>): Promise<string> => {
  try {
    return await run()
  } catch (error) {
    return String(error)
  }
}
const asked = (): number => plain.requests.length + secure.requests.length

const load = async () => (await import('../../../src/index.ts')).withCassette
const late = process.argv[2] === 'late'
const loaded = late ? undefined : await load()
const clients = { ...CLIENTS, ...CLOSED }
for (const ask of Object.values(clients)) {
  await ask('/before')
  await ask('/before')
}
const withCassette = loaded ?? (await load())

const folder = tempFolder()
const results: Early[] = []
for (const [name, ask] of Object.entries(clients)) {
  const path = join(folder.path, `${results.length}.yaml`)
  const recorded = await outcome(() => withCassette(path, () => ask('/a')))
  await ask('/between')
  await ask('/between')
  const before = asked()
  const replayed = await outcome(() => withCassette(path, { mode: 'none' }, () => ask('/a')))
  const leaked = asked() - before
  const slow = outcome(() => ask('/slow'))
  await sleep(20)
  const meanwhile = await outcome(() =>
    withCassette(join(folder.path, `${results.length}-meanwhile.yaml`), async (cassette) => {
      await ask('/c')
      await slow
      await sleep(10)
      return String(cassette.recorded)
    }),
  )
  results.push({
    client: name,
    isClosed: name in CLOSED,
    recorded,
    replayed,
    leaked,
    underWay: await slow,
    meanwhile,
  })
}
folder.remove()
for (const one of [agent, secureAgent, pool, client]) void one.destroy()
process.stdout.write(JSON.stringify(results))
