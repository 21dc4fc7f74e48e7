import assert from 'node:assert/strict'
import { type EventEmitter, once } from 'node:events'
import http2, { type ClientHttp2Session } from 'node:http2'
import net from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import tls from 'node:tls'

import { Client } from 'undici'

import { withCassette } from '../../../src/index.ts'
import { tempFolder } from '../../helpers/temp-folder.ts'
import { selfSigned } from '../../helpers/tls-certificate.ts'

const keys = selfSigned()
type Log = string[]

const EVENTS = 'connect ready error close goaway end aborted response headers trailers frameError data'.split(
  ' ',
)

/** Writes down what an emitter tells, in order. */
function hear<T extends EventEmitter>(log: Log, name: string, emitter: T): T {
  for (const event of EVENTS)
    emitter.on(event, (value: unknown) => {
      const detail =
        value instanceof Error
          ? String(Reflect.get(value, 'code') ?? value.message)
          : event === 'goaway'
            ? value
            : ''
      log.push(`${name} ${event} ${String(detail)}`.trim())
    })
  return emitter
}

/** A server whose answer depends on the path. */
async function startServer(secure: boolean): Promise<{ port: number; stop: () => void }> {
  const server = secure ? http2.createSecureServer({ ...keys }) : http2.createServer()
  const sessions = new Set<http2.ServerHttp2Session>()
  server.on('sessionError', () => {})
  server.on('session', (session) => sessions.add(session.on('error', () => {})))
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {})
    const { session } = stream
    switch (headers[':path']) {
      case '/waits':
        return
      case '/goaway':
        session?.goaway(http2.constants.NGHTTP2_NO_ERROR)
        stream.respond({ ':status': 200 })
        stream.end('x')
        return
      case '/goaway-error':
        session?.goaway(http2.constants.NGHTTP2_ENHANCE_YOUR_CALM)
        return
      case '/cut':
        session?.socket.destroy()
        return
      case '/cut-body':
        stream.respond({ ':status': 200 })
        stream.write('part')
        setTimeout(() => session?.destroy(), 20)
        return
      case '/reset':
        stream.close(http2.constants.NGHTTP2_REFUSED_STREAM)
        return
      case '/trailers':
        stream.respond({ ':status': 200 }, { waitForTrailers: true })
        stream.on('wantTrailers', () => stream.sendTrailers({ late: 'yes' }))
        stream.end('x')
        return
      default:
        stream.resume()
        stream.respond({ ':status': 200 })
        stream.end('x')
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as net.AddressInfo).port,
    stop() {
      server.close()
      for (const session of sessions) session.destroy()
    },
  }
}

/** Resolves when the emitter has closed and told of it, at the latest after 1.5 s. */
async function closed(emitter: ClientHttp2Session | http2.ClientHttp2Stream): Promise<void> {
  if (!emitter.destroyed) {
    const left = new AbortController()
    const close = new Promise((done) => {
      emitter.once('close', done)
    })
    await Promise.race([close, sleep(1500, undefined, { signal: left.signal }).catch(() => {})])
    left.abort()
  }
  await sleep(20)
}

/** One request on a session of its own. */
async function asked(
  log: Log,
  session: ClientHttp2Session,
  headers: http2.OutgoingHttpHeaders,
  options?: http2.ClientSessionRequestOptions,
): Promise<void> {
  hear(log, 'session', session)
  try {
    const stream = hear(log, 'stream', session.request(headers, options))
    stream.end()
    await closed(stream)
  } catch (error) {
    log.push(`throws ${String(Reflect.get(error as object, 'code'))}`)
  }
  session.close()
  await closed(session)
  log.push(`closed ${session.closed} destroyed ${session.destroyed}`)
}

interface Ports {
  readonly plain: number
  readonly secure: number
}
type Case = (log: Log, ports: Ports) => Promise<void>

const paths = ['/', '/goaway', '/goaway-error', '/cut', '/cut-body', '/reset', '/trailers']
const OPTIONS: Readonly<Record<string, http2.ClientSessionOptions>> = {
  maxSendHeaderBlockLength: { maxSendHeaderBlockLength: 64 },
  maxHeaderListPairs: { maxHeaderListPairs: 1 },
  maxReservedRemoteStreams: { maxReservedRemoteStreams: 1 },
  peerMaxConcurrentStreams: { peerMaxConcurrentStreams: 1 },
  paddingStrategy: { paddingStrategy: http2.constants.PADDING_STRATEGY_MAX },
  settings: { settings: { headerTableSize: 0, initialWindowSize: 1, enablePush: false } },
  strictFieldWhitespaceValidation: { strictFieldWhitespaceValidation: false },
  maxSessionMemory: { maxSessionMemory: 1 },
}

function ownSocket(secure: boolean, error: Error | undefined): Case {
  return async (log, ports) => {
    const socket = secure
      ? tls.connect({ port: ports.secure, host: '127.0.0.1', ca: keys.cert, ALPNProtocols: ['h2'] })
      : net.connect(ports.plain, '127.0.0.1')
    await once(socket, secure ? 'secureConnect' : 'connect')
    const session = http2.connect('http://127.0.0.1', { createConnection: () => socket })
    hear(log, 'session', session)
    for (const name of ['error', 'close']) socket.on(name, () => log.push(`socket ${name}`))
    const first = session.request({ ':path': '/' })
    first.resume()
    await once(first, 'end')
    const stream = hear(log, 'stream', session.request({ ':path': '/waits' }))
    await sleep(50)
    socket.destroy(error)
    await closed(stream)
    await closed(session)
    await sleep(20)
    log.push(`${session.closed} ${session.destroyed}`)
  }
}

async function undiciDestroyed(log: Log, { plain }: Ports): Promise<void> {
  // The types do not know `useH2c` yet.
  const options = { allowH2: true, useH2c: true }
  const client = new Client(`http://127.0.0.1:${plain}`, options)
  const waiting = client.request({ path: '/waits', method: 'GET' }).then(
    () => log.push('answered'),
    (error: unknown) => log.push(`waiting: ${(error as Error).message}`),
  )
  const { body } = await client.request({ path: '/', method: 'GET' })
  log.push(await body.text())
  await client.destroy(new Error('given up'))
  await waiting
}

const CASES: Readonly<Record<string, Case>> = {
  ...Object.fromEntries(
    paths.map((path): [string, Case] => [
      `path ${path}`,
      (log, { plain }) => asked(log, http2.connect(`http://127.0.0.1:${plain}`), { ':path': path }),
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(OPTIONS).map(([name, options]): [string, Case] => [
      `option ${name}`,
      (log, { plain }) =>
        asked(log, http2.connect(`http://127.0.0.1:${plain}`, options), {
          ':path': '/trailers',
          long: 'x'.repeat(100),
        }),
    ]),
  ),
  'a destroyed socket of the program': ownSocket(false, undefined),
  'a failing socket of the program': ownSocket(false, new Error('given up')),
  'a destroyed TLS socket of the program': ownSocket(true, undefined),
  'a failing TLS socket of the program': ownSocket(true, new Error('given up')),
  'a destroyed client of undici': undiciDestroyed,
  'a session destroyed with an error': async (log, { plain }) => {
    const session = hear(log, 'session', http2.connect(`http://127.0.0.1:${plain}`))
    const stream = hear(log, 'stream', session.request({ ':path': '/waits' }))
    await sleep(50)
    session.destroy(new Error('given up'))
    await Promise.all([closed(stream), closed(session)])
  },
  'requests after the session was closed': async (log, { plain }) => {
    const session = hear(log, 'session', http2.connect(`http://127.0.0.1:${plain}`))
    const stream = hear(log, 'stream', session.request({ ':path': '/' }))
    session.close()
    const late = hear(log, 'late', session.request({ ':path': '/' }))
    await Promise.all([closed(stream), closed(late), closed(session)])
  },
  'nobody listens': async (log) => {
    const probe = net.createServer().listen(0, '127.0.0.1')
    await once(probe, 'listening')
    const { port } = probe.address() as net.AddressInfo
    probe.close()
    await asked(log, http2.connect(`http://127.0.0.1:${port}`), { ':path': '/' })
  },
}

describe('HTTP/2 while recording tells what it tells live', () => {
  const folder = tempFolder()
  let ports: Ports
  const stops: (() => void)[] = []
  before(async () => {
    const [plain, secure] = await Promise.all([startServer(false), startServer(true)])
    stops.push(plain.stop, secure.stop)
    ports = { plain: plain.port, secure: secure.port }
  })
  after(() => {
    for (const stop of stops) stop()
    folder.remove()
  })

  const recordsAsLive = async (name: string, run: Case): Promise<void> => {
    const told = async (): Promise<Log> => {
      const log: Log = []
      await run(log, ports)
      return log
    }
    const live = await told()
    assert.ok(live.length > 0)
    const path = `${folder.path}/${name.replaceAll(/\W/g, '-')}.yaml`
    const recorded = await withCassette(path, { mode: 'all', onRecordError: 'record' }, told)
    assert.deepEqual(recorded, live)
  }
  for (const [name, run] of Object.entries(CASES)) it(name, () => recordsAsLive(name, run))
})
