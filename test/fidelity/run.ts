import { setTimeout as sleep } from 'node:timers/promises'
import { once } from 'node:events'
import net, { type AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import tls from 'node:tls'

import { openCassette } from '../../src/index.ts'
import type { CassetteOptions } from '../../src/index.ts'
import { tempFolder } from '../helpers/temp-folder.ts'
import { selfSigned } from '../helpers/tls-certificate.ts'
import { proxy } from './clients/proxy.ts'
import type { Call, Dialect, Exchange, ExchangeFamily, FidelityClient, Servers, View } from './types.ts'
import { errorView } from './view.ts'
import { startWireServer, type Wire, type WireServer } from './wire-server.ts'

/** The time limit of a cell, ms. After it the client counts as hanging. */
const PATIENCE_MS = 2000

export interface Cell {
  readonly exchange: Exchange
  readonly family: string
  /** The reason why this client cannot send the exchange. */
  readonly lacking?: string
  readonly live?: View
  readonly recording?: View
  readonly replay?: View
}

export interface Result {
  readonly client: FidelityClient
  readonly cells: readonly Cell[]
}

const slug = (text: string): string => text.replaceAll(/[^A-Za-z0-9]+/g, '-').replaceAll(/^-|-$/g, '')

const trusted = selfSigned()
const untrusted = selfSigned()
let trusts = false

/** Makes every TLS client of this process trust the suite's server. */
function trust(): void {
  if (trusts) return
  trusts = true
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), trusted.cert])
}

async function refusedPort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

interface Running {
  readonly servers: Servers
  stop(): Promise<void>
}

async function startServers(
  exchanges: ReadonlyMap<string, Exchange>,
  dialect: Dialect,
  socketPath: string,
): Promise<Running> {
  const handler = (wire: Wire): void | Promise<void> => {
    const [, name = ''] = wire.target.replace(/^http:\/\/[^/]+/, '').split(/[/?]/)
    const exchange = exchanges.get(name)
    if (exchange) return exchange.serve(wire, dialect)
    wire.socket.destroy()
  }
  const started: WireServer[] = []
  const start = async (options?: Parameters<typeof startWireServer>[1]): Promise<number> => {
    const server = await startWireServer(handler, options)
    started.push(server)
    return server.port
  }
  const main = await start()
  const servers: Servers = {
    main: `http://127.0.0.1:${main}`,
    other: `http://localhost:${main}`,
    secure: `https://localhost:${await start({ tls: trusted })}`,
    untrusted: `https://127.0.0.1:${await start({ tls: untrusted })}`,
    ipv6: `http://[::1]:${await start({ host: '::1' })}`,
    socketPath,
    otherSocketPath: `${dirname(socketPath)}/other.sock`,
    refused: `http://127.0.0.1:${await refusedPort()}`,
  }
  await start({ path: servers.socketPath })
  await start({ path: servers.otherSocketPath })
  return { servers, stop: async () => void (await Promise.all(started.map((one) => one.close()))) }
}

function callOf(exchange: Exchange, servers: Servers): Call {
  const path = `/${slug(exchange.name)}`
  const address = exchange.address?.(servers, path) ?? { url: `${servers.main}${path}` }
  return { method: 'GET', headers: [], ...exchange.request, ...address }
}

const patienceOf = ({ needs, patienceMs }: Exchange): number =>
  patienceMs ?? (needs?.some((need) => need === 'large' || need === 'huge') ? 10 * PATIENCE_MS : PATIENCE_MS)

async function viewOf(client: FidelityClient, call: Call, patienceMs: number): Promise<View> {
  const { promise, resolve } = Promise.withResolvers<View>()
  const timer = setTimeout(() => resolve({ error: ['hangs'] }), patienceMs)
  const view = client.send(call).catch((error: unknown) => ({ error: ['thrown', ...errorView(error)] }))
  return Promise.race([view, promise]).finally(() => clearTimeout(timer))
}

/** Sends each exchange once: first the usual ones in turn, then all slow ones in parallel, then the huge ones in turn. */
async function pass(
  client: FidelityClient,
  exchanges: readonly Exchange[],
  servers: Servers,
): Promise<Map<Exchange, View>> {
  const views = new Map<Exchange, View>()
  const one = async (exchange: Exchange): Promise<void> =>
    void views.set(exchange, await viewOf(client, callOf(exchange, servers), patienceOf(exchange)))
  const isHuge = ({ needs }: Exchange): boolean =>
    needs?.some((need) => need === 'large' || need === 'huge') ?? false
  const usual = exchanges.filter((exchange) => !isHuge(exchange))
  for (const exchange of usual) if (!exchange.slow) await one(exchange)
  await Promise.all(usual.filter(({ slow }) => slow).map(one))
  for (const exchange of exchanges) if (isHuge(exchange)) await one(exchange)
  return views
}

/** The suite compares raw heads, in which `refresh` would tell SDKs to retry at once. */
const OPTIONS: CassetteOptions = { refresh: false, onRecordError: 'record' }

async function underCassette<T>(path: string, options: CassetteOptions, fn: () => Promise<T>): Promise<T> {
  const session = await openCassette(path, { ...OPTIONS, ...options })
  try {
    return await fn()
  } finally {
    // A miss shows in the view of its cell.
    await session.close().catch(() => {})
  }
}

/** The reason why a client cannot send an exchange; `undefined` if it can. */
export const lackingOf = (client: FidelityClient, { name, needs }: Exchange): string | undefined =>
  client.never?.[name] ?? needs?.map((need) => client.lacks[need]).find((reason) => reason !== undefined)

/** Runs all exchanges with one client: live, while recording, and in a replay without the servers. */
export async function runClient(
  client: FidelityClient,
  families: readonly ExchangeFamily[],
): Promise<Result> {
  trust()
  const all = families.flatMap(({ name, exchanges }) =>
    exchanges.map((exchange) => ({ family: name, exchange })),
  )
  const lacking = (exchange: Exchange): string | undefined => lackingOf(client, exchange)
  const possible = all.map(({ exchange }) => exchange).filter((exchange) => lacking(exchange) === undefined)
  const folder = tempFolder()
  const path = join(folder.path, 'tape.yaml')
  const bySlug = new Map(possible.map((exchange) => [slug(exchange.name), exchange]))
  await proxy.start()
  const running = await startServers(bySlug, client.dialect, join(folder.path, 'server.sock'))
  try {
    const live = await pass(client, possible, running.servers)
    const recording = await underCassette(path, { mode: 'all' }, () =>
      pass(client, possible, running.servers),
    )
    await Promise.all([running.stop(), proxy.stop()])
    // Gives the clients time to see that their idle connections have ended.
    await sleep(10)
    const replay = await underCassette(path, { mode: 'none' }, () => pass(client, possible, running.servers))
    const cells = all.map(({ family, exchange }): Cell => {
      const reason = lacking(exchange)
      if (reason !== undefined) return { exchange, family, lacking: reason }
      return {
        exchange,
        family,
        live: live.get(exchange)!,
        recording: recording.get(exchange)!,
        replay: replay.get(exchange)!,
      }
    })
    return { client, cells }
  } finally {
    // Some undici agents never finish closing if their proxy tunnel has ended first.
    await Promise.race([client.close?.(), sleep(200)])
    await Promise.all([running.stop(), proxy.stop()])
    folder.remove()
  }
}
