import assert from 'node:assert/strict'
import { once } from 'node:events'
import http2 from 'node:http2'
import net from 'node:net'
import { Duplex } from 'node:stream'

import { withCassette } from '../../../src/index.ts'
import { testBench } from '../../helpers/cassette-folder.ts'
import { startHttp2Server } from '../http2-server.ts'

/** How long the connection collects what the server sends, ms. */
const COLLECT_MS = 30

/** A connection that is read through JavaScript, as one in a tunnel is. Head and body come at once. */
function collecting(port: number): Duplex {
  const socket = net.connect(port, '127.0.0.1')
  let parts: Buffer[] = []
  const stream = new Duplex({
    read() {},
    write: (chunk: Buffer, _encoding, done) => void socket.write(chunk, done),
    final: (done) => void socket.end(done),
    destroy(error, done) {
      socket.destroy()
      done(error)
    },
  })
  socket.on('data', (part) => {
    if (parts.length === 0)
      setTimeout(() => {
        stream.push(Buffer.concat(parts))
        parts = []
      }, COLLECT_MS)
    parts.push(part)
  })
  socket.on('error', () => {})
  return stream
}

describe('an HTTP/2 response whose head and body come at once', () => {
  const bench = testBench(() => {})

  it('is recorded over a connection that is read through JavaScript, and replays', async () => {
    const server = await startHttp2Server('h2c', (stream) => {
      stream.respond({ ':status': 207, 'x-answer': 'yes' })
      stream.end('the body')
    })
    const port = Number(new URL(server.url).port)
    const ask = async (path: string): Promise<unknown[]> => {
      const session = http2.connect(server.url, { createConnection: () => collecting(port) })
      session.on('error', () => {})
      const stream = session.request({ ':path': path })
      let [body, head]: [string, http2.IncomingHttpHeaders | undefined] = ['', undefined]
      stream.setEncoding('utf8').on('data', (text: string) => void (body += text))
      stream.on('response', (headers) => void (head = headers))
      await once(stream, 'close')
      session.destroy()
      return [head?.[':status'], head?.['x-answer'], body]
    }
    const live = [207, 'yes', 'the body']
    assert.deepEqual(await ask('/'), live)
    await withCassette(bench.path(), () => ask('/first'))
    // A recording might answer, so cassette reads the request before it sends it.
    const recorded = await withCassette(bench.path(), { mode: 'new_episodes' }, () => ask('/second'))
    assert.deepEqual(recorded, live)
    await server.close()
    for (const path of ['/first', '/second'])
      assert.deepEqual(await withCassette(bench.path(), { mode: 'none' }, () => ask(path)), live)
  })
})
