import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'

import { withCassette } from '../../../src/index.ts'
import { testBench } from '../../helpers/cassette-folder.ts'
import { type Heard, type Line, SOCKET_CLIENTS } from '../../helpers/websocket-clients.ts'
import { type Serve, startWebSocketServer } from '../../helpers/websocket-server.ts'

/** What one side does next, and after which delay. The sides take turns if one waits for the other. */
interface Step {
  readonly who: 'client' | 'server'
  readonly what: 'text' | 'bytes' | 'ping' | 'burst' | 'close' | 'cut'
  readonly size: number
  readonly wait: number
}

interface Voice {
  readonly send: (data: string | Uint8Array) => void
  readonly ping: (data: string) => void
  readonly close: (code: number) => void
  readonly cut: () => void
}

const side = fc.constantFrom('client' as const, 'server' as const)
const wait = fc.constantFrom(0, 0, 0, 1, 5, 15)
const said = fc.record({
  who: side,
  what: fc.constantFrom(
    'text' as const,
    'text' as const,
    'bytes' as const,
    'ping' as const,
    'burst' as const,
  ),
  size: fc.nat({ max: 2000 }),
  wait,
})
const last = fc.record({
  who: side,
  what: fc.constantFrom('close' as const, 'close' as const, 'cut' as const),
  size: fc.constant(0),
  wait,
})
const conversation = fc.tuple(fc.array(said, { maxLength: 12 }), last).map(([steps, end]) => [...steps, end])

/** Runs the steps of one side from `at` on, then lets the other side continue. */
async function speak(who: Step['who'], steps: readonly Step[], from: number, voice: Voice): Promise<void> {
  let at = from
  for (let step = steps[at]; step?.who === who; step = steps[++at]) {
    if (step.wait > 0) await sleep(step.wait)
    if (step.what === 'text')
      voice.send(JSON.stringify({ at, text: 'x'.repeat(step.size), timestamp: Date.now() }))
    else if (step.what === 'bytes') voice.send(new Uint8Array(step.size).fill(at))
    else if (step.what === 'ping') voice.ping(`ping ${at}`)
    else if (step.what === 'burst') for (let n = 0; n < 5; n++) voice.send(`burst ${at} ${n}`)
    else return step.what === 'close' ? voice.close(4000 + at) : voice.cut()
  }
  voice.send(`turn ${at}`)
}

const turnOf = (text: string): number | undefined =>
  text.startsWith('turn ') ? Number(text.slice('turn '.length)) : undefined

const serve =
  (steps: readonly Step[]): Serve =>
  (socket) => {
    const voice: Voice = {
      send: (data) => socket.send(data),
      ping: (data) => socket.ping(data),
      close: (code) => socket.close(code, 'the server'),
      cut: () => socket.terminate(),
    }
    socket.on('message', (data, isBinary) => {
      const at = isBinary ? undefined : turnOf((data as Buffer).toString())
      if (at !== undefined) void speak('server', steps, at, voice)
    })
    void speak('server', steps, 0, voice)
  }

async function converse(steps: readonly Step[], line: Line): Promise<Heard[]> {
  const voice: Voice = {
    send: (data) => line.send(data),
    ping: (data) => line.ping?.(data),
    close: (code) => line.close(code, 'the client'),
    cut: () => (line.terminate ? line.terminate() : line.close()),
  }
  for (let what = await line.next(); what[0] !== 'close'; what = await line.next()) {
    const at = what[0] === 'text' ? turnOf(what[1]) : undefined
    if (at !== undefined) await speak('client', steps, at, voice)
  }
  // When the pong for one's own ping comes depends on the libraries.
  return line.heard.filter(([kind]) => kind !== 'pong').map((heard) => withoutTimes(heard))
}

const withoutTimes = (heard: Heard): Heard =>
  heard[0] === 'text' ? ['text', heard[1].replace(/"timestamp":\d+/, '')] : heard

describe('any conversation is replayed as it was', () => {
  const bench = testBench(() => {})
  for (const client of SOCKET_CLIENTS) {
    it(client.name, async () => {
      let tapes = 0
      await fc.assert(
        fc.asyncProperty(
          conversation,
          fc.constantFrom('instant' as const, 'recorded' as const),
          async (steps, timing) => {
            const path = bench.path(`${tapes++}.yaml`)
            const server = await startWebSocketServer(serve(steps))
            const run = (): Promise<Heard[]> => converse(steps, client.open(`${server.url}/any`))
            try {
              const recorded = await withCassette(path, { mode: 'once' }, run)
              await server.close()
              assert.deepEqual(await withCassette(path, { mode: 'none', timing }, run), recorded)
            } finally {
              await server.close()
            }
          },
        ),
        { numRuns: 15 },
      )
    }).timeout(60_000)
  }
})
