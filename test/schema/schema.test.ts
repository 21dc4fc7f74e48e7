import assert from 'node:assert/strict'
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocket, WebSocketServer } from 'ws'

import { Cassette } from '../../src/cassette/cassette.ts'
import { decodeBody } from '../../src/exchange/body/body.ts'
import { BODY_FORMS } from '../../src/exchange/body/stored-body.ts'
import { withCassette } from '../../src/index.ts'
import { useFolder } from '../storage/helpers.ts'
import { fromRoot } from '../helpers/shared.ts'
import { BROKEN, WHOLE } from './broken.ts'
import { problemsOf } from './schema.ts'

const LINE = '# yaml-language-server: $schema=../node_modules/cassette/schema/cassette.schema.json\n'

/** A message of an AWS event stream, and one that is cut short. */
const EVENTS = Buffer.concat(
  decodeBody({
    eventstream: [
      { headers: { ':event-type': 'x', count: { byte: 1 }, at: { timestamp: '1' } }, json: { a: 1 } },
      { raw: 'AAAA' },
    ],
  }).map(({ data }) => data),
)

/** What each path is answered with: a body of every kind, as servers send it. */
const ANSWERS: Readonly<Record<string, readonly [type: string, body: string | Uint8Array]>> = {
  '/json': ['application/json', '{\n  "a": [1, 2.5, null],\n  "b": "\u00e9"\n}\n'],
  '/text': ['text/plain', 'plain\ntext'],
  '/sse': ['text/event-stream', ': hello\n\nevent: x\nid: 7\nretry: 100\ndata: {"a": 1}\n\ndata: [DONE]\n\n'],
  '/ndjson': ['application/x-ndjson', '{"a":1}\n{"a": 2}\nnot json\n'],
  '/base64': ['application/octet-stream', Uint8Array.of(0, 255, 254, 1)],
  '/grpc': ['application/grpc', Uint8Array.of(0, 0, 0, 0, 2, 8, 1, 0, 0)],
  '/eventstream': ['application/vnd.amazon.eventstream', EVENTS],
  '/empty': ['text/plain', ''],
  '/large': ['text/plain', 'large '.repeat(1000)],
}

/** Records each of `ANSWERS`, a form, a multipart upload and a WebSocket. */
async function recordEveryKind(path: string): Promise<void> {
  const server = createServer((request, response) => {
    const [type, body] = ANSWERS[request.url ?? ''] ?? ['text/plain', 'fine']
    request.resume().once('end', () => response.setHeader('content-type', type).end(body))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', (socket) => {
    socket.on('message', (data, isBinary) => socket.send(isBinary ? data : '{"heard": 1}'))
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  await withCassette(path, { maxBodySize: 5000 }, async () => {
    for (const name of Object.keys(ANSWERS)) await (await fetch(url + name)).arrayBuffer()
    await fetch(url + '/form', { method: 'POST', body: new URLSearchParams({ a: 'b c', d: '1' }) })
    const form = new FormData()
    form.set('file', new Blob(['{"a":1}'], { type: 'application/json' }), 'a.json')
    form.set('text', 'x')
    await fetch(url + '/multipart', { method: 'POST', body: form })
    const socket = new WebSocket(url.replace('http', 'ws'))
    await once(socket, 'open')
    for (const message of ['1', Buffer.from([1, 200])]) {
      socket.send(message)
      await once(socket, 'message')
    }
    socket.ping('p')
    socket.close(1000, 'enough')
    await once(socket, 'close')
  })
  sockets.close()
  server.closeAllConnections()
  server.close()
}

describe('the JSON Schema of a cassette', () => {
  const at = useFolder()

  // The conversations among the fixtures are of other recorders.
  const committed = globSync(['cassettes/**/*.yaml', 'examples/**/*.yaml', 'test/fixtures/**/*.yaml'], {
    cwd: fromRoot('.'),
    exclude: ['**/node_modules/**'],
  }).filter((path) => /^version: 1\ninteractions:\n +- id: /m.test(readFileSync(fromRoot(path), 'utf8')))

  it('is there to be tried on cassettes that are committed', () => assert.ok(committed.length > 0))
  for (const path of committed)
    it(`accepts ${path}`, () => assert.deepEqual(problemsOf(readFileSync(fromRoot(path), 'utf8')), []))

  it('accepts a recording of every kind of body', async () => {
    await recordEveryKind(at('kinds.yaml'))
    const text = readFileSync(at('kinds.yaml'), 'utf8')
    assert.deepEqual(problemsOf(text), [])
    for (const form of BODY_FORMS) assert.match(text, new RegExp(`\\b${form}:`), form)
  })

  for (const [what, { text }] of Object.entries(BROKEN)) {
    it(`refuses a cassette that ${what}`, () => {
      assert.notDeepEqual(problemsOf(text), [])
      assert.throws(() => {
        for (const entry of Cassette.parse(Buffer.from(text), 'x.yaml').entries) entry.read()
      })
    })
  }

  it('refuses none of them for another reason than its fault: without it, it is accepted', () => {
    assert.deepEqual(problemsOf(WHOLE), [])
  })
})

describe('a cassette whose first line names the JSON Schema', () => {
  const at = useFolder()
  const answer = (path: string): Promise<string> => fetch(`${url}${path}`).then((response) => response.text())
  let url = ''
  const server = createServer((_request, response) => void response.end('fine'))
  before(async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening')
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  after(() => void server.close())

  for (const mode of ['once', 'none', 'new_episodes', 'all'] as const)
    it(`is read, and keeps the line in mode ${mode}`, async () => {
      const file = at('x.yaml')
      await withCassette(file, { mode: 'once' }, () => answer('/a'))
      writeFileSync(file, LINE + readFileSync(file, 'utf8'))
      await withCassette(file, { mode }, () => answer('/a'))
      if (mode === 'new_episodes') await withCassette(file, { mode }, () => answer('/b'))
      const text = readFileSync(file, 'utf8')
      assert.ok(text.startsWith(LINE), text)
      assert.equal(text.includes('/b'), mode === 'new_episodes')
      assert.deepEqual(problemsOf(text), [])
    })
})
