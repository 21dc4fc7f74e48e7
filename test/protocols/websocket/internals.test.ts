import assert from 'node:assert/strict'
import http from 'node:http'

import { Agent, request as undiciRequest } from 'undici'

import { Interceptor } from '@mswjs/interceptors'
import { HttpRequestInterceptor } from '@mswjs/interceptors/http'
import { SocketInterceptor } from '@mswjs/interceptors/net'

import { ahead, type SocketControl } from '../../../src/protocols/internals/interceptors.ts'
import { withoutHeader } from '../../../src/protocols/internals/request-head.ts'
import { rawServerBench } from '../raw-server.ts'

describe('removing a header from a request head through the interceptors', () => {
  const heads: string[] = []
  const server = rawServerBench((socket, head) => {
    heads.push(head)
    socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok')
  })
  beforeEach(() => {
    heads.length = 0
  })

  /** Removes `x-gone` from every request head while `run` runs. */
  async function withheld(run: () => Promise<unknown>): Promise<string> {
    const requests = new HttpRequestInterceptor()
    const change = ({ controller }: { controller: SocketControl }): void => {
      const passthrough = controller.passthrough.bind(controller)
      controller.passthrough = (flush) => passthrough(withoutHeader('x-gone', flush))
    }
    ahead(Interceptor.singleton(SocketInterceptor), 'connection', change, () => requests.apply())
    try {
      await run()
    } finally {
      requests.dispose()
    }
    const [head] = heads
    assert.ok(head)
    return head
  }

  const senders: Readonly<Record<string, (headers: Record<string, string>) => Promise<unknown>>> = {
    http: (headers) =>
      new Promise((resolve, reject) => {
        http
          .get(server.url, { agent: false, headers }, (response) => response.resume().on('end', resolve))
          .on('error', reject)
      }),
    undici: async (headers) =>
      (await undiciRequest(server.url, { headers, dispatcher: new Agent() })).body.text(),
  }
  for (const [name, send] of Object.entries(senders)) {
    it(`${name}: removes that header and changes nothing else`, async () => {
      await send({ 'X-First': 'x-gone: no', 'X-Last': 'b' })
      const [wanted] = heads.splice(0)
      const head = await withheld(() =>
        send({ 'X-First': 'x-gone: no', 'X-Gone': 'a, b; c=1', 'X-Last': 'b' }),
      )
      assert.equal(head, wanted)
    })
  }
})
