import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { encodeContent } from '../../../src/exchange/content-encoding/content-encoding.ts'
import type { Exchange } from '../../../src/exchange/exchange.ts'

const events = Array.from({ length: 5 }, (_, index) => `data: {"index":${index}}\n\n`)

describe('a compressed stream that was decoded and encoded again', () => {
  for (const coding of ['gzip', 'deflate', 'br', 'zstd']) {
    it(`is read event by event by fetch: ${coding}`, async () => {
      const wire = await encodeContent(streamIn(coding))
      let next: (() => void) | undefined
      const server = http.createServer((_request, response) => {
        const chunks = [...(wire.response?.chunks ?? [])]
        response.writeHead(200, { 'content-encoding': coding, 'content-type': 'text/event-stream' })
        // Each chunk is sent when the client has the event before: a coder that holds one back stops the test.
        next = () => {
          const chunk = chunks.shift()
          if (chunk === undefined) response.end()
          else response.write(chunk.data)
        }
        next()
      })
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
      try {
        const { port } = server.address() as AddressInfo
        const response = await fetch(`http://127.0.0.1:${port}/`)
        const decoder = new TextDecoder()
        const seen: string[] = []
        for await (const data of response.body ?? []) {
          seen.push(decoder.decode(data, { stream: true }))
          next?.()
        }
        assert.deepEqual(seen, events)
      } finally {
        server.closeAllConnections()
        server.close()
      }
    })
  }
})

function streamIn(coding: string): Exchange {
  return {
    recordedAt: '2026-11-21T00:00:00.000Z',
    request: { method: 'GET', url: 'http://a.test/', headers: [], body: null },
    response: {
      status: 200,
      headers: [['content-encoding', coding]],
      delayMs: 0,
      chunks: events.map((event) => ({ data: Buffer.from(event), delayMs: 0 })),
      contentDecoded: true,
    },
  }
}
