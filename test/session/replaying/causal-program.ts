import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket, WebSocketServer } from 'ws'

const STREAMS = ['sse', 'lines', 'text', 'socket'] as const
const KINDS = [...STREAMS, 'poll', 'post', 'post', 'post'] as const

interface Step {
  readonly kind: (typeof KINDS)[number]
  /** The server sends each event when it has the requests of these steps. */
  readonly events: readonly (readonly number[])[]
  /** The program sends the request when it has seen these events. */
  readonly after: readonly (readonly [step: number, event: number])[]
  /** The server ends the stream after its last event; else the client leaves. */
  readonly ends: boolean
}

export type Program = readonly Step[]

/** Up to 8 exchanges. No step waits in a circle: it needs only events that need only earlier steps. */
export function randomProgram(random: () => number): Program {
  const pick = (count: number): number => Math.floor(random() * count)
  const size = 2 + pick(7)
  const steps = Array.from({ length: size }, (_, own) => {
    const kind = KINDS[pick(KINDS.length)] ?? 'post'
    const others = Array.from({ length: size }, (__, at) => at).filter((at) => at !== own)
    const causes = (): number[] => others.filter(() => random() < 0.25)
    const isStream = kind !== 'poll' && kind !== 'post'
    const events = isStream
      ? Array.from({ length: 1 + pick(3) }, causes)
      : [kind === 'post' && random() < 0.7 ? [] : causes()]
    return { kind, events, ends: random() < 0.5 }
  })
  return steps.map((step, own) => {
    const known = steps.flatMap(({ events }, at) =>
      events.flatMap((_, event) => {
        const needed = events.slice(0, event + 1).flat()
        return Math.max(at, ...needed) < own ? [[at, event] as const] : []
      }),
    )
    return { ...step, after: known.filter(() => random() < 0.3) }
  })
}

type Channel = (event: number, isLast: boolean) => void

/** Serves one run of a program. */
export interface ProgramServer {
  readonly url: string
  /** Forgets all requests. */
  reset(program: Program): void
  close(): Promise<void>
}

export async function serveProgram(): Promise<ProgramServer> {
  let program: Program = []
  let arrived = new Set<number>()
  let channels = new Map<number, { next: number; send: Channel }>()

  const isDue = (own: number, { next }: { next: number }): boolean =>
    program[own]?.events[next]?.every((cause) => arrived.has(cause)) === true

  function flush(): void {
    for (const [own, channel] of channels) {
      const events = program[own]?.events ?? []
      while (isDue(own, channel)) {
        channel.next++
        channel.send(channel.next - 1, channel.next === events.length)
      }
    }
  }

  function arrive(own: number, send: Channel): void {
    arrived.add(own)
    channels.set(own, { next: 0, send })
    flush()
  }

  const server = http.createServer((request, response) => {
    const [, kind = '', name = ''] = (request.url ?? '').split('/')
    const own = Number(name)
    request.resume().on('end', () => {
      if (kind === 'poll' || kind === 'post') {
        response.setHeader('content-type', 'application/json')
        arrive(own, (event) => response.end(JSON.stringify({ event })))
        return
      }
      const types = { sse: 'text/event-stream', lines: 'application/x-ndjson', text: 'text/plain' }
      response.writeHead(200, { 'content-type': types[kind as keyof typeof types] })
      response.flushHeaders()
      arrive(own, (event, isLast) => {
        response.write(kind === 'sse' ? `data: ${event}\n\n` : kind === 'lines' ? `${event}\n` : `<${event}>`)
        if (isLast && program[own]?.ends) response.end()
      })
    })
  })
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', (socket, request) => {
    const own = Number((request.url ?? '').split('/')[2])
    socket.on('error', () => {})
    arrive(own, (event, isLast) => {
      socket.send(String(event))
      if (isLast && program[own]?.ends) socket.close(1000)
    })
  })
  server.on('connection', (socket) => socket.unref())
  server.unref().listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    reset(next) {
      program = next
      arrived = new Set()
      channels = new Map()
    },
    async close() {
      for (const socket of sockets.clients) socket.terminate()
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** One entry of what a client saw, in order. */
export interface Noted {
  readonly what: 'sent' | 'event' | 'end'
  readonly step: number
  readonly event?: number
  readonly ms: number
}

/** Runs a program. @param delays how long each step waits before it sends, ms */
export async function runProgramSteps(
  program: Program,
  url: string,
  delays: readonly number[],
): Promise<readonly Noted[]> {
  const log: Noted[] = []
  const seen = program.map(({ events }) => events.map(() => Promise.withResolvers<void>()))
  const note = (what: Noted['what'], step: number, event?: number): void => {
    log.push({ what, step, ms: performance.now(), ...(event === undefined ? {} : { event }) })
    if (event !== undefined) seen[step]?.[event]?.resolve()
  }
  await Promise.all(
    program.map(async ({ kind, events, after }, step) => {
      for (const [other, event] of after) await seen[other]?.[event]?.promise
      await sleep(delays[step] ?? 0)
      note('sent', step)
      const hear = (text: string, from: number): number => {
        const found = text.match(/\d+/g) ?? []
        for (const event of found.slice(from)) note('event', step, Number(event))
        return found.length
      }
      if (kind === 'socket')
        await hearSocket(`${url.replace('http', 'ws')}/${kind}/${step}`, events.length, hear)
      else await hearResponse(`${url}/${kind}/${step}`, kind === 'post' ? 'POST' : 'GET', events.length, hear)
      note('end', step)
    }),
  )
  return log
}

type Hear = (text: string, from: number) => number

async function hearResponse(url: string, method: string, count: number, hear: Hear): Promise<void> {
  const stop = new AbortController()
  const response = await fetch(url, { method, signal: stop.signal })
  let text = ''
  let heard = 0
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString()
    heard = hear(text, heard)
    if (heard === count) break
  }
  stop.abort()
}

async function hearSocket(url: string, count: number, hear: Hear): Promise<void> {
  const socket = new WebSocket(url)
  const closed = once(socket, 'close')
  let text = ''
  let heard = 0
  socket.on('error', () => {})
  socket.on('message', (data) => {
    text += `${(data as Buffer).toString()} `
    heard = hear(text, heard)
    if (heard === count) socket.terminate()
  })
  await closed
}

/**
 * For each event the steps whose requests it has to come after: what brought it about, if the exchanges overlapped when they were
 * recorded. A response that comes as a whole waits only for what may change something on the server.
 */
export function owed(program: Program, live: readonly Noted[]): ReadonlyMap<string, readonly number[]> {
  const at = (what: Noted['what'], step: number): number =>
    live.find((one) => one.what === what && one.step === step)?.ms ?? Infinity
  const all = new Map<string, readonly number[]>()
  for (const [step, { kind, events }] of program.entries()) {
    const isWhole = kind === 'poll' || kind === 'post'
    for (const event of events.keys()) {
      const causes = new Set(events.slice(0, event + 1).flat())
      const overlapping = [...causes].filter(
        (cause) => at('sent', cause) > at('sent', step) || at('end', cause) > at('sent', step) + SURE_MS,
      )
      const counted = overlapping.filter((cause) => !isWhole || program[cause]?.kind === 'post')
      all.set(`${step}.${event}`, counted)
    }
  }
  return all
}

/** Exchanges that overlap by less may not have overlapped for the recorder, ms. */
const SURE_MS = 20

/** Events that came before what brought them about. */
export function tooEarly(log: readonly Noted[], owing: ReadonlyMap<string, readonly number[]>): string[] {
  const sent = new Set<number>()
  const wrong: string[] = []
  for (const { what, step, event } of log) {
    if (what === 'sent') sent.add(step)
    if (what !== 'event') continue
    for (const cause of owing.get(`${step}.${event}`) ?? [])
      if (!sent.has(cause)) wrong.push(`event ${step}.${event} came before request ${cause}`)
  }
  return wrong
}
