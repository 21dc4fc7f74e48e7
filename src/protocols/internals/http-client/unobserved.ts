/**
 * Keeps the requests and parsers that cassette makes for itself from those who watch the process: a diagnostics channel
 * or a `PerformanceObserver` must count the program's requests only.
 * `test/protocols/observers.test.ts` fails if a detail of Node changes.
 */
import { type Channel, channel } from 'node:diagnostics_channel'
import type { ClientRequest } from 'node:http'

import { ownSymbol } from '../symbols.ts'

/** Node's channels for messages that cassette makes itself. */
const CHANNELS = [
  'http.client.request.created',
  'http.client.request.start',
  'http.client.request.error',
  'http.client.response.finish',
  'http.server.request.start',
  'http.server.response.created',
  'http.server.response.finish',
  'http2.client.stream.created',
  'http2.client.stream.start',
  'http2.client.stream.error',
  'http2.client.stream.bodyChunkSent',
  'http2.client.stream.bodySent',
  'http2.client.stream.finish',
  'http2.client.stream.close',
  'http2.server.stream.created',
  'http2.server.stream.start',
  'http2.server.stream.error',
  'http2.server.stream.finish',
  'http2.server.stream.close',
]

const ours = new WeakSet<object>()
let making = 0

/** Runs `make`. Nobody is told of what it makes, nor of what happens to that later. */
export function unobserved<T extends object>(make: () => T): T {
  filterChannels()
  making++
  try {
    const made = make()
    ours.add(made)
    return made
  } finally {
    making--
  }
}

/** Takes a request of ours out of the entries of `PerformanceObserver`: Node measures each request that it has sent. */
export function unmeasured(request: ClientRequest): void {
  request.once('finish', () => {
    const measured = ownSymbol(request, 'ClientRequestStatistics')
    if (measured) Reflect.set(request, measured, undefined)
  })
}

function isOurs(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (ours.has(value)) return true
  const session: unknown = Reflect.get(value, 'session')
  if (typeof session !== 'object' || session === null || !ours.has(session)) return false
  // A destroyed stream does not know its session any more.
  ours.add(value)
  return true
}

const isFiltered = (message: unknown): boolean =>
  making > 0 || (typeof message === 'object' && message !== null && Object.values(message).some(isOurs))

/** @remarks Node keeps these channel objects, and gives them another prototype when somebody subscribes. */
const filtered: Channel[] = []

function filterChannels(): void {
  if (filtered.length > 0) return
  for (const name of CHANNELS) {
    const one = channel(name)
    filtered.push(one)
    Object.defineProperty(one, 'publish', {
      value(this: Channel, message: unknown, ...rest: unknown[]): void {
        if (isFiltered(message)) return
        const publish = Reflect.get(Reflect.getPrototypeOf(this) ?? {}, 'publish') as Channel['publish']
        Reflect.apply(publish, this, [message, ...rest])
      },
      enumerable: false,
      configurable: true,
    })
  }
}
