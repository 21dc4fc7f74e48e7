import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { Dispatcher } from 'undici'

import { CLIENT_NAMES, type ClientName, CLIENTS } from './clients.ts'
import { PAYLOADS, type PayloadName } from './payloads.ts'

/** One way to answer requests. It runs in its own process. */
export interface Tool {
  /** The clients that the tool can answer. */
  readonly clients: readonly ClientName[]
  /** The dispatcher for undici's clients. */
  readonly dispatcher?: Dispatcher
  /** Called around each batch, outside the measured time. */
  open?(client: ClientName, payload: PayloadName): Promise<void>
  close?(): Promise<void>
}

const folder = (): string => mkdtempSync(join(tmpdir(), 'cassette-bench-'))
const whole = (name: PayloadName): string => PAYLOADS[name].chunks.join('')
const payloads = Object.keys(PAYLOADS) as PayloadName[]

async function cassette(mode: 'all' | 'none', upstream: string): Promise<Tool> {
  const { openCassette } = await import('../src/index.ts')
  const path = folder()
  let session: Awaited<ReturnType<typeof openCassette>> | undefined
  const file = (client: ClientName, payload: PayloadName): string => join(path, `${client}-${payload}.yaml`)
  if (mode === 'none') {
    for (const client of CLIENT_NAMES) {
      for (const payload of payloads) {
        const recording = await openCassette(file(client, payload), { mode: 'all' })
        await CLIENTS[client](upstream + PAYLOADS[payload].path)
        await recording.close()
      }
    }
  }
  return {
    clients: CLIENT_NAMES,
    async open(client, payload) {
      session = await openCassette(file(client, payload), { mode, allowPlaybackRepeats: true })
    },
    close: async () => session?.close(),
  }
}

/** @remarks Handlers answer with the body as one string, as in most tests. The SSE row has a mark that says so. */
export const TOOLS: Readonly<Record<string, (upstream: string) => Promise<Tool>>> = {
  live: async () => ({ clients: CLIENT_NAMES }),

  async passthrough(upstream) {
    const { openCassette } = await import('../src/index.ts')
    const session = await openCassette(join(folder(), 'installs-the-patch.yaml'), { mode: 'all' })
    await fetch(upstream + PAYLOADS['1 KB'].path).then((response) => response.text())
    await session.close()
    return { clients: CLIENT_NAMES }
  },

  record: (upstream) => cassette('all', upstream),
  replay: (upstream) => cassette('none', upstream),

  async 'msw 3'(upstream) {
    const { http, HttpResponse } = await import('msw')
    const { setupServer } = await import('msw/node')
    const handlers = payloads.map((name) =>
      http.get(upstream + PAYLOADS[name].path, () =>
        HttpResponse.text(whole(name), { headers: { 'content-type': PAYLOADS[name].type } }),
      ),
    )
    setupServer(...handlers).listen()
    // msw intercepts fetch and http, but not undici's own calls.
    return { clients: ['fetch', 'http'] }
  },

  async 'nock 15'(upstream) {
    const { default: nock } = await import('nock')
    const scope = nock(upstream).persist()
    for (const name of payloads)
      scope.get(PAYLOADS[name].path).reply(200, whole(name), { 'content-type': PAYLOADS[name].type })
    return { clients: CLIENT_NAMES }
  },

  async 'undici MockAgent'(upstream) {
    const { MockAgent } = await import('undici')
    const dispatcher = new MockAgent()
    dispatcher.disableNetConnect()
    const pool = dispatcher.get(upstream)
    for (const name of payloads)
      pool
        .intercept({ path: PAYLOADS[name].path })
        .reply(200, whole(name), { headers: { 'content-type': PAYLOADS[name].type } })
        .persist()
    return { clients: ['fetch', 'undici'], dispatcher }
  },

  async 'Polly 6'(upstream) {
    const { Polly } = await import('@pollyjs/core')
    const [fetchAdapter, httpAdapter, persister] = await Promise.all([
      import('@pollyjs/adapter-fetch'),
      import('@pollyjs/adapter-node-http'),
      import('@pollyjs/persister-fs'),
    ])
    const recordingsDir = folder()
    for (const plugin of [fetchAdapter.default, httpAdapter.default]) Polly.register(plugin as never)
    Polly.register(persister.default as never)
    let polly: InstanceType<typeof Polly> | undefined
    const start = (client: ClientName, mode: 'record' | 'replay'): InstanceType<typeof Polly> =>
      new Polly(client, {
        adapters: [client === 'fetch' ? 'fetch' : 'node-http'],
        persister: 'fs',
        persisterOptions: { fs: { recordingsDir } },
        mode,
        recordIfMissing: false,
        flushRequestsOnStop: true,
        matchRequestsBy: { order: false },
        logLevel: 'silent',
      })
    for (const client of ['fetch', 'http'] as const) {
      const recording = start(client, 'record')
      for (const name of payloads) await CLIENTS[client](upstream + PAYLOADS[name].path)
      await recording.stop()
    }
    return {
      clients: ['fetch', 'http'],
      async open(client) {
        polly = start(client, 'replay')
      },
      close: async () => polly?.stop(),
    }
  },
}
