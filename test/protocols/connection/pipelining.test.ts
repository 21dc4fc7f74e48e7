import assert from 'node:assert/strict'
import net from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

import { Client } from 'undici'

import { withCassette } from '../../../src/index.ts'
import { testBench } from '../../helpers/cassette-folder.ts'
import { followResponse } from '../../../src/protocols/connection/response-end.ts'

const PATHS = ['/1', '/2', '/3', '/4', '/5']
const ANSWERS = PATHS.map((path) => `answer to ${path}`)

function unchunked(body: string): string {
  const size = Number.parseInt(body, 16)
  const from = body.indexOf('\r\n') + 2
  return size > 0 ? body.slice(from, from + size) + unchunked(body.slice(from + size + 2)) : ''
}

describe('pipelined requests', () => {
  const bench = testBench(async (request, response) => {
    // The other responses are sent together, perhaps in one packet.
    if (request.path === '/1') await sleep(5)
    // Sent in many chunks. In the pauses another response could come in between.
    for (const letter of request.path === '/3' ? 'answer to ' : '') {
      response.write(letter)
      await sleep(1)
    }
    response.end(request.path === '/3' ? '/3' : `answer to ${request.path}`)
  })
  const rejections: unknown[] = []
  const note = (error: unknown): void => void rejections.push(error)
  before(() => process.on('unhandledRejection', note))
  after(() => process.off('unhandledRejection', note))
  afterEach(() => assert.deepEqual(rejections.splice(0), []))

  const byUndici = async (paths: readonly string[] = PATHS): Promise<string[]> => {
    const client = new Client(bench.server.url, { pipelining: 5 })
    try {
      return await Promise.all(
        paths.map(async (path) => (await client.request({ path, method: 'GET' })).body.text()),
      )
    } finally {
      await client.destroy()
    }
  }

  /**
   * Sends requests as a raw client does: all in one write, or each `gapMs` after the one before, without waiting for
   * responses.
   */
  const bySocket = (gapMs: number, paths: readonly string[] = PATHS): Promise<string[]> =>
    new Promise((resolve, reject) => {
      const socket = net.connect(bench.server.port, '127.0.0.1')
      let text = ''
      const answers = (): string[] => {
        const parts: string[] = []
        let rest = Buffer.from(text, 'latin1')
        while (rest.length > 0) {
          const end = followResponse('GET')
          const size = end.take(rest)
          if (!end.ended) break
          const [head = '', ...body] = rest.subarray(0, size).toString('latin1').split('\r\n\r\n')
          parts.push(/chunked/i.test(head) ? unchunked(body.join('\r\n\r\n')) : body.join(''))
          rest = rest.subarray(size)
        }
        return parts
      }
      socket.setEncoding('latin1')
      socket.on('error', reject)
      socket.on('data', (chunk: string) => {
        text += chunk
        if (answers().length === paths.length) socket.destroy()
      })
      socket.on('close', () => resolve(answers()))
      const heads = paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`)
      const [first = '', ...others] = gapMs === 0 ? [heads.join('')] : heads
      socket.write(first)
      for (const [i, head] of others.entries()) setTimeout(() => socket.write(head), (i + 1) * gapMs)
    })

  for (const [name, ask] of [
    ['of undici', byUndici],
    ['of a raw socket, in one write', (paths?: readonly string[]) => bySocket(0, paths)],
    ['of a raw socket, one after the other', (paths?: readonly string[]) => bySocket(1, paths)],
  ] as const) {
    it(`${name} are recorded and replayed, each with its own response`, async () => {
      assert.deepEqual(await ask(), ANSWERS, 'live')
      assert.deepEqual(await withCassette(bench.path(), () => ask()), ANSWERS, 'while recording')
      const recorded = [...(bench.read() ?? '').matchAll(/^ {6}url: .*(\/\d)$|incomplete|failure/gm)].map(
        String,
      )
      assert.deepEqual(
        recorded.map((one) => one.slice(-2)),
        PATHS,
        'in the file, whole',
      )
      await bench.server.close()
      assert.deepEqual(await withCassette(bench.path(), { mode: 'none' }, () => ask()), ANSWERS, 'in replay')
    })

    it(`${name} go through between cassettes`, async () => {
      await withCassette(bench.path(), () => ask())
      assert.deepEqual(await ask(), ANSWERS)
    })
  }

  it('of undici get their responses in the order of the requests if only some are recorded', async () => {
    await withCassette(bench.path(), () => byUndici(['/2', '/3', '/5']))
    await withCassette(bench.path(), { mode: 'new_episodes' }, async (cassette) => {
      assert.deepEqual(await byUndici(), ANSWERS)
      assert.equal(cassette.played, 3)
      assert.equal(cassette.recorded, 2)
    })
    await bench.server.close()
    assert.deepEqual(await withCassette(bench.path(), { mode: 'none' }, () => byUndici()), ANSWERS)
  })
})

describe('where a response ends', () => {
  const RESPONSES: ReadonlyArray<readonly [name: string, method: string, text: string]> = [
    ['a length', 'GET', 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc'],
    ['an empty body', 'GET', 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'],
    [
      'chunks and trailers',
      'GET',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nab\n\r\na\r\n0123456789\r\n0\r\nx: y\r\n\r\n',
    ],
    ['HEAD', 'HEAD', 'HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n'],
    ['no content', 'GET', 'HTTP/1.1 204 No Content\r\n\r\n'],
    [
      'interim responses',
      'GET',
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hm\r\nlink: x\r\n\r\nHTTP/1.1 304 N\r\n\r\n',
    ],
    ['bare line feeds', 'GET', 'HTTP/1.0 200 OK\ncontent-length: 1\n\na'],
  ]
  for (const [name, method, text] of RESPONSES)
    it(`is found however the bytes are split: ${name}`, () => {
      const bytes = Buffer.from(`${text}HTTP/1.1 200 OK\r\n\r\n`)
      const length = Buffer.byteLength(text)
      for (let cut = 0; cut <= bytes.length; cut++) {
        const end = followResponse(method)
        const first = end.take(bytes.subarray(0, cut))
        assert.equal(first, Math.min(cut, length))
        assert.equal(end.ended, cut >= length)
        assert.equal(first + end.take(bytes.subarray(first)), length)
        assert.equal(end.ended, true)
      }
    })

  for (const [name, text] of [
    ['to the end of the connection', 'HTTP/1.1 200 OK\r\n\r\nabc'],
    ['another protocol', 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\nHTTP/1.1 200 OK\r\n\r\n'],
    ['bytes that are not HTTP', 'SSH-2.0-OpenSSH\r\n\r\n'],
    ['a chunk of no size', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n'],
    ['a length that is none', 'HTTP/1.1 200 OK\r\ncontent-length: -5\r\n\r\nabc'],
  ] as const)
    it(`is not found: ${name}`, () => {
      const end = followResponse('GET')
      assert.equal(end.take(Buffer.from(text)), text.length)
      assert.equal(end.take(Buffer.from('more')), 4)
      assert.equal(end.ended, false)
    })
})
