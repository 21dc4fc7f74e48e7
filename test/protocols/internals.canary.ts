import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import net from 'node:net'
import { setImmediate as macrotask } from 'node:timers/promises'

import { Interceptor } from '@mswjs/interceptors'
import { HttpRequestInterceptor } from '@mswjs/interceptors/http'
import { SocketInterceptor } from '@mswjs/interceptors/net'

import {
  ahead,
  bypassInterceptors,
  followRequests,
  foreignInterceptors,
  hasHttpClient,
  isUndecided,
  rawHeaderPairs,
  type SocketControl,
  takeOver,
} from '../../src/protocols/internals/interceptors.ts'
import { isForeign } from '../../src/protocols/internals/symbols.ts'

interface Connection {
  socket: net.Socket
  controller: SocketControl
}

/** Applies the interceptors for one test and removes them afterwards. */
async function intercepted(
  run: (seen: { connections: Connection[]; requests: HttpRequestInterceptor }) => Promise<void>,
): Promise<void> {
  const requests = new HttpRequestInterceptor()
  const connections: Connection[] = []
  ahead(
    Interceptor.singleton(SocketInterceptor),
    'connection',
    (connection: Connection) => connections.push(connection),
    () => requests.apply(),
  )
  try {
    await run({ connections, requests })
  } finally {
    requests.dispose()
  }
}

/** A request whose response is written by hand to the claimed socket. */
const exchange = (url: string, headers: string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    const request = http.request(url, { method: 'POST', headers, agent: false }, (response) => {
      response.setEncoding('utf8')
      let text = ''
      response.on('data', (chunk: string) => (text += chunk))
      response.on('end', () => resolve(`${response.statusCode} ${response.statusMessage} ${text}`))
    })
    request.on('error', reject)
    request.end('body')
  })

describe('the details of the interceptors and of Node that we rely on', () => {
  it('the socket controller of a connection is reported before its request', async () => {
    await intercepted(async ({ connections, requests }) => {
      let known = 0
      requests.on('request', ({ controller }) => {
        known = connections.length
        controller.errorWith(new Error('enough'))
      })
      await assert.rejects(exchange('http://nowhere.invalid/', []), /enough/)
      assert.equal(known, 1)
    })
  })

  it('bytes written to a claimed socket answer a request that was taken over', async () => {
    await intercepted(async ({ connections, requests }) => {
      requests.on('request', ({ controller }) => {
        takeOver(controller)
        const [connection] = connections
        assert.ok(connection && isUndecided(connection.controller))
        connection.controller.claim()
        connection.socket.write('HTTP/1.1 299 Odd Phrase\r\ncontent-length: 2\r\n\r\nok')
      })
      assert.equal(await exchange('http://nowhere.invalid/', []), '299 Odd Phrase ok')
    })
  })

  it('raw headers keep order, case and repeats, and are a copy', async () => {
    await intercepted(async ({ requests }) => {
      let pairs: readonly (readonly [string, string])[] = []
      requests.on('request', ({ request, controller }) => {
        pairs = rawHeaderPairs(request.headers)
        request.headers.delete('x-b')
        assert.ok(pairs.some(([name]) => name === 'X-b'))
        controller.errorWith(new Error('enough'))
      })
      await assert.rejects(exchange('http://nowhere.invalid/', ['X-b', '1', 'x-A', '2', 'x-A', '3']))
      assert.deepEqual(
        pairs.filter(([name]) => /^x-/i.test(name)),
        [
          ['X-b', '1'],
          ['x-A', '2'],
          ['x-A', '3'],
        ],
      )
    })
  })

  it("a socket shows whether Node's HTTP client owns it, and whether it is intercepted", async () => {
    await intercepted(async ({ connections, requests }) => {
      requests.on('request', ({ controller }) => controller.errorWith(new Error('enough')))
      await assert.rejects(exchange('http://nowhere.invalid/', []))
      const plain = net.connect(1, '127.0.0.1')
      plain.on('error', () => {})
      await macrotask()
      const [ofHttp, ofNet] = connections
      assert.ok(ofHttp && ofNet)
      assert.ok(isForeign(plain))
      assert.ok(!isForeign(new net.Socket()))
      assert.ok(!hasHttpClient(ofNet.socket))
      plain.destroy()
    })
    await intercepted(async ({ connections, requests }) => {
      let owned = false
      requests.on('request', ({ controller }) => {
        owned = connections.some(({ socket }) => hasHttpClient(socket))
        controller.errorWith(new Error('enough'))
      })
      await assert.rejects(exchange('http://nowhere.invalid/', []))
      assert.ok(owned)
    })
  })

  it('the interceptors ignore a connection that is made through the bypass', async () => {
    const server = net.createServer((socket) => socket.end('real')).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as net.AddressInfo
    await intercepted(async ({ connections }) => {
      const socket = bypassInterceptors(() => net.connect(port, '127.0.0.1'))
      socket.setEncoding('utf8')
      const [text] = await once(socket, 'data')
      assert.equal(text, 'real')
      assert.equal(connections.length, 0)
    })
    server.close()
  })

  it('a request is reported in the same synchronous step as its bytes, whoever else listens', async () => {
    const requests = new HttpRequestInterceptor()
    const known: unknown[] = []
    const follower = followRequests<net.Socket>((socket) => known.push(socket))
    // Applied and listened to before ours, as msw does.
    requests.on('request', ({ controller }) => {
      known.push(follower.of(controller))
      controller.errorWith(new Error('enough'))
    })
    requests.apply()
    ahead(
      Interceptor.singleton(SocketInterceptor),
      'connection',
      ({ socket }: Connection) => follower.watch(socket, socket),
      () => {},
    )
    follower.listen()
    try {
      await assert.rejects(exchange('http://nowhere.invalid/', []), /enough/)
      assert.equal(known.length, 2)
      assert.ok(known[0] instanceof net.Socket)
      assert.equal(known[0], known[1])
    } finally {
      requests.dispose()
    }
  })

  it('every copy of the interceptors is found in one registry', async () => {
    await intercepted(async () => {
      assert.equal(foreignInterceptors(), false)
      const registry = Reflect.get(globalThis, '__MSW_INTERCEPTORS_REGISTRY') as Map<symbol, unknown>
      const own = registry.get(SocketInterceptor.symbol)
      assert.ok(own instanceof SocketInterceptor)
      registry.set(SocketInterceptor.symbol, { readyState: own.readyState })
      assert.equal(foreignInterceptors(), true)
      registry.set(SocketInterceptor.symbol, own)
    })
  })
})
