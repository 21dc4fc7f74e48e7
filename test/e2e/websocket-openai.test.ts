import assert from 'node:assert/strict'
import { once } from 'node:events'

import OpenAI from 'openai'
import { OpenAIRealtimeWebSocket } from 'openai/realtime/websocket'
import { OpenAIRealtimeWS } from 'openai/realtime/ws'

import { CassetteMiss, withCassette } from '../../src/index.ts'
import { testBench } from '../helpers/cassette-folder.ts'
import { withEnvironment } from '../helpers/environment.ts'
import { readRealtimeRecordings, serveRecording } from '../helpers/realtime-recordings.ts'
import { fromRoot } from '../helpers/shared.ts'
import { keys } from '../helpers/websocket-clients.ts'
import { type SocketServer, startWebSocketServer } from '../helpers/websocket-server.ts'

const KEY = 'sk-proj-abcdefghijklmnopqrstuvwxyz0123456789'
const PROJECT = 'proj_SecretProjectName12'
const MODEL = 'gpt-realtime'

const [recording] = readRealtimeRecordings(fromRoot('test/fixtures/websocket/openai-text-turn.yaml'))
assert.ok(recording)
const said = recording.messages.filter(({ from }) => from === 'client').map(({ text }) => text)

type Realtime = OpenAIRealtimeWS | OpenAIRealtimeWebSocket
const CLIENTS: Readonly<Record<string, (url: string) => { realtime: Realtime; opened: Promise<unknown> }>> = {
  'openai/realtime/ws'(url) {
    const realtime = new OpenAIRealtimeWS({ model: MODEL, options: { ca: keys.cert } }, openai(url))
    return { realtime, opened: once(realtime.socket, 'open') }
  },
  'openai/realtime/websocket'(url) {
    const realtime = new OpenAIRealtimeWebSocket({ model: MODEL }, openai(url))
    return { realtime, opened: once(realtime.socket, 'open') }
  },
}

const openai = (url: string): OpenAI =>
  new OpenAI({ apiKey: KEY, project: PROJECT, baseURL: `${url.replace('wss', 'https')}/v1` })

/** Sends what the client of the recording sent. @returns the events until the answer is complete */
async function converse(client: keyof typeof CLIENTS, url: string, more: object = {}): Promise<object[]> {
  const { realtime, opened } = CLIENTS[client]?.(url) ?? assert.fail()
  const events: object[] = []
  const failed = Promise.withResolvers<never>()
  realtime.on('error', (error) => failed.reject(error))
  realtime.on('event', (event) => events.push(event))
  const done = Promise.withResolvers<void>()
  realtime.on('response.done', () => done.resolve())
  await Promise.race([opened, failed.promise])
  for (const text of said)
    realtime.send({ ...(JSON.parse(text) as object), ...more } as Parameters<Realtime['send']>[0])
  await Promise.race([done.promise, failed.promise, closeOf(realtime)])
  realtime.close()
  return events
}

const closeOf = ({ socket }: Realtime): Promise<never> =>
  new Promise((_, reject) => {
    socket.addEventListener('close', (event: { code: number; reason: string }) =>
      reject(new Error(`${event.code} ${event.reason}`)),
    )
  })

describe("the openai SDK's realtime clients on a cassette", () => {
  const bench = testBench(() => {})
  const running: { server?: SocketServer } = {}
  const at = (): SocketServer => running.server ?? assert.fail()
  const trusting = <T>(fn: () => Promise<T>): Promise<T> =>
    withEnvironment({ NODE_TLS_REJECT_UNAUTHORIZED: '0' }, fn)

  beforeEach(async () => {
    running.server = await startWebSocketServer(serveRecording(recording), { tls: keys })
  })
  afterEach(() => at().close())

  for (const client of Object.keys(CLIENTS)) {
    it(`${client}: records without a key in the file, and replays without its server`, async () => {
      await trusting(async () => {
        const run = (): Promise<object[]> => converse(client, at().url)
        const live = await withCassette(bench.path(), { mode: 'once' }, run)
        const wanted = recording.messages.filter(({ from }) => from === 'server').map(({ text }) => text)
        assert.deepEqual(live.map((event) => JSON.stringify(event)).slice(0, 3), wanted.slice(0, 3))
        await at().close()
        assert.deepEqual(await withCassette(bench.path(), { mode: 'none' }, run), live)
        const file = bench.read() ?? ''
        assert.ok(!file.includes(KEY) && !file.includes(PROJECT) && !file.includes(KEY.slice(8)))
        if (client.endsWith('websocket'))
          assert.match(
            file,
            /sec-websocket-protocol: .*realtime, openai-insecure-api-key\.REDACTED, openai-project\.REDACTED/i,
          )
      })
    })

    it(`${client}: reports a miss for a different message`, async () => {
      await trusting(async () => {
        await withCassette(bench.path(), { mode: 'once' }, () => converse(client, at().url))
        await assert.rejects(
          withCassette(bench.path(), { mode: 'none' }, () => converse(client, at().url, { extra: 1 })),
          (error) => {
            assert.ok(error instanceof CassetteMiss)
            assert.equal(error.differences[0]?.path, 'frames[0].extra')
            return true
          },
        )
      })
    })
  }

  it('openai/realtime/ws: reconnects in the replay as it did when the server had gone', async () => {
    let sessions = 0
    const again = await startWebSocketServer(
      (socket) => {
        const session = ++sessions
        socket.send(JSON.stringify({ type: 'session.created', event_id: `event_${session}` }))
        socket.on('message', () => {
          if (session === 1) socket.terminate()
          else socket.send(JSON.stringify({ type: 'response.done', event_id: 'event_done' }))
        })
      },
      { tls: keys },
    )
    const run = async (): Promise<string[]> => {
      const options = { ca: keys.cert }
      const realtime = new OpenAIRealtimeWS(
        { model: MODEL, options, reconnect: true, reconnectInitialDelay: 10 },
        openai(again.url),
      )
      const seen: string[] = []
      const done = Promise.withResolvers<void>()
      realtime.on('error', () => seen.push('error'))
      realtime.on('reconnected', () => seen.push('reconnected'))
      realtime.on('session.created', ({ event_id: id }) => {
        seen.push(id)
        realtime.send({ type: 'response.create' })
      })
      realtime.on('response.done', () => done.resolve())
      await done.promise
      realtime.close()
      return seen
    }
    try {
      const live = await withCassette(bench.path(), { mode: 'once' }, run)
      assert.deepEqual(live, ['event_1', 'reconnected', 'event_2'])
      await again.close()
      assert.deepEqual(await withCassette(bench.path(), { mode: 'none' }, run), live)
    } finally {
      await again.close()
    }
  })
})
