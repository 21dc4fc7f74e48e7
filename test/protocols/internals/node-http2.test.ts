import assert from 'node:assert/strict'
import dns from 'node:dns'
import { once } from 'node:events'
import http2 from 'node:http2'
import net from 'node:net'
import { duplexPair } from 'node:stream'
import { setImmediate as macrotask } from 'node:timers/promises'
import tls from 'node:tls'

import { core, nativeConnect, nativeRequest } from '../../../src/protocols/http2/native.ts'
import {
  copyAuthority,
  dressAsTls,
  holdOpen,
  isCalledByHttp2,
  isCalledByNet,
  offeredProtocols,
  showSession,
  socketOf,
  tlsOptionsOf,
} from '../../../src/protocols/internals/node-http2.ts'

/** A session whose server is at the other end of a pair of streams. */
function paired(authority = 'http://probe.invalid'): {
  session: http2.ClientHttp2Session
  near: ReturnType<typeof duplexPair>[0]
  streams: Promise<[http2.ServerHttp2Stream, http2.IncomingHttpHeaders]>
} {
  const [near, far] = duplexPair()
  const session = nativeConnect(authority, { createConnection: () => near })
  session.on('error', () => {})
  const server = http2.performServerHandshake(far)
  server.on('error', () => {})
  const streams = once(server, 'stream') as Promise<[http2.ServerHttp2Stream, http2.IncomingHttpHeaders]>
  far.once('end', () => far.destroy())
  far.once('close', () => near.destroy())
  return { session, near, streams }
}

const request = (session: http2.ClientHttp2Session): http2.ClientHttp2Stream =>
  Reflect.apply(nativeRequest, session, [{ ':path': '/' }])

describe("the details of Node's HTTP/2 that we rely on", () => {
  it('every client session has `request` from one prototype, and `close` from the one above', () => {
    const { session } = paired()
    assert.equal(Reflect.getPrototypeOf(session), core.prototype)
    assert.equal(Reflect.getPrototypeOf(core.prototype), core.base)
    assert.ok(Object.hasOwn(core.prototype, 'request'))
    assert.ok(Object.hasOwn(core.base, 'close'))
    session.destroy()
  })

  it('a socket can be made over a stream in JavaScript, and a session shows its socket', () => {
    const [near] = duplexPair()
    const socket = new core.wrap(near)
    assert.ok(socket instanceof net.Socket)
    const session = nativeConnect('http://probe.invalid', { createConnection: () => socket })
    session.on('error', () => {})
    assert.equal(socketOf(session), socket)
    session.destroy()
  })

  it('such a socket can look like a TLS socket', async () => {
    const [near] = duplexPair()
    const socket = new core.wrap(near)
    dressAsTls(socket, 'probe.invalid', true)
    Reflect.set(socket, 'secureConnecting', false)
    const session = nativeConnect('https://probe.invalid', { createConnection: () => socket })
    session.on('error', () => {})
    await once(session, 'connect')
    assert.ok(socket instanceof tls.TLSSocket)
    assert.equal(session.alpnProtocol, 'h2')
    assert.equal(session.encrypted, true)
    assert.deepEqual(session.originSet, ['https://probe.invalid'])
    session.destroy()
  })

  it('a twin sends requests with the authority of its session', async () => {
    const { session: original } = paired('http://original.invalid:81')
    const { session, streams } = paired()
    copyAuthority(original, session)
    const stream = request(session)
    stream.on('error', () => {})
    const [, headers] = await streams
    assert.equal(headers[':authority'], 'original.invalid:81')
    assert.equal(headers[':scheme'], 'http')
    showSession(stream, original)
    assert.equal(stream.session, original)
    session.destroy()
    original.destroy()
  })

  it('a session waits for a stream that holds it open, and destroys it when it is destroyed', async () => {
    const { session } = paired()
    await once(session, 'connect')
    const told: Error[] = []
    const hold = { destroy: (error: Error) => void told.push(error), close: () => {} }
    const release = holdOpen(session, hold)
    session.close()
    for (let i = 0; i < 5; i++) await macrotask()
    assert.equal(session.destroyed, false)
    release()
    await once(session, 'close')
    assert.deepEqual(told, [])

    const { session: other } = paired()
    await once(other, 'connect')
    holdOpen(other, hold)
    const cause = new Error('gone')
    other.destroy(cause)
    const [first] = told.splice(0)
    assert.equal(first && Reflect.get(first, 'code'), 'ERR_HTTP2_STREAM_CANCEL')
    assert.equal(first && Reflect.get(first, 'cause'), cause)
  })

  it("a stack trace shows whether Node's HTTP/2 or Node's sockets are the caller", async () => {
    const { connect } = net.Socket.prototype
    const { lookup } = dns
    const seen: boolean[] = []
    net.Socket.prototype.connect = function (this: net.Socket, ...args: unknown[]): net.Socket {
      seen.push(isCalledByHttp2())
      return Reflect.apply(connect, this, args) as net.Socket
    }
    const asked: boolean[] = []
    Reflect.set(dns, 'lookup', (...args: unknown[]): unknown => {
      asked.push(isCalledByNet())
      return Reflect.apply(lookup, dns, args)
    })
    try {
      const session = nativeConnect('http://localhost:1')
      const closed = Promise.withResolvers<void>()
      session.on('error', () => closed.resolve())
      net.connect(1, '127.0.0.1').on('error', () => {})
      dns.lookup('127.0.0.1', () => {})
      await closed.promise
    } finally {
      net.Socket.prototype.connect = connect
      Reflect.set(dns, 'lookup', lookup)
    }
    assert.deepEqual(seen.slice(0, 2), [true, false])
    assert.ok(asked.includes(false), 'the program')
  })

  it('a TLS socket keeps its options, and offered protocols are read in both forms', () => {
    const socket = tls.connect({
      port: 1,
      host: '127.0.0.1',
      servername: 'probe.invalid',
      ALPNProtocols: ['h2', 'http/1.1'],
    })
    socket.on('error', () => {})
    assert.equal(Reflect.get(tlsOptionsOf(socket), 'servername'), 'probe.invalid')
    assert.deepEqual(offeredProtocols(tlsOptionsOf(socket)), ['h2', 'http/1.1'])
    assert.deepEqual(offeredProtocols({ ALPNProtocols: Buffer.from('\x02h2\x08http/1.1') }), [
      'h2',
      'http/1.1',
    ])
    assert.deepEqual(offeredProtocols({}), [])
    socket.destroy()
  })
})
