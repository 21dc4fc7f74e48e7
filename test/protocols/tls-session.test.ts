import assert from 'node:assert/strict'
import { once } from 'node:events'
import type http from 'node:http'
import https from 'node:https'
import type { TLSSocket } from 'node:tls'

import { withCassette } from '../../src/index.ts'
import { testBench } from '../helpers/cassette-folder.ts'
import { startServer, type TestServer } from '../helpers/server.ts'
import { selfSigned } from '../helpers/tls-certificate.ts'

describe('TLS sessions', () => {
  const bench = testBench(() => {})
  const keys = selfSigned()
  let server: TestServer
  beforeEach(async () => {
    server = await startServer((_, response) => void response.end('answer'), keys)
  })
  afterEach(() => server.close())

  /** The session events that a pool gets which resumes sessions: https.Agent, undici. */
  async function ask(path: string): Promise<{ text: string; sessions: Buffer[] }> {
    const sessions: Buffer[] = []
    const request = https.get(`${server.url}${path}`, { ca: keys.cert, agent: false })
    request.on('socket', (socket: TLSSocket) => socket.on('session', (session) => sessions.push(session)))
    const [response] = (await once(request, 'response')) as [http.IncomingMessage]
    const text = Buffer.concat(await Array.fromAsync(response as AsyncIterable<Buffer>)).toString()
    return { text, sessions }
  }

  it('an answered connection gives none, because a made-up session would break the next real connection', async () => {
    const recorded = await withCassette(bench.path(), () => ask('/a'))
    assert.equal(recorded.text, 'answer')
    assert.ok(recorded.sessions.length > 0, 'a real one does')
    const replayed = await withCassette(bench.path(), { mode: 'none' }, () => ask('/a'))
    assert.deepEqual(replayed, { text: 'answer', sessions: [] })
  })
})
