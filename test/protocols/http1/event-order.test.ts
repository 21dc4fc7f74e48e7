import assert from 'node:assert/strict'
import http from 'node:http'
import https from 'node:https'
import net from 'node:net'
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

import got from 'got'

import { withCassette } from '../../../src/index.ts'
import { startServer } from '../../helpers/server.ts'
import { tempFolder } from '../../helpers/temp-folder.ts'
import { selfSigned } from '../../helpers/tls-certificate.ts'

const keys = selfSigned()
const EVENTS = ['finish', 'response', 'continue', 'information', 'error', 'close'] as const

/** What a request and its socket tell, in order. */
async function events(url: string, options: https.RequestOptions, body: Uint8Array[]): Promise<string[]> {
  const told: string[] = []
  const { request: send } = url.startsWith('https:') ? https : http
  const request = send(url, { ...options, agent: false, ca: keys.cert })
  for (const name of EVENTS) request.on(name, () => told.push(name))
  request.on('socket', (socket) => {
    for (const name of ['connect', 'secureConnect']) socket.on(name, () => told.push(name))
  })
  request.on('response', (response) => response.resume())
  const closed = new Promise((resolve) => {
    request.on('close', resolve)
  })
  const sent = pipeline(Readable.from(body), request).then(
    () => 'sent',
    (error: unknown) => String(Reflect.get(error as object, 'code')),
  )
  await closed
  return [...told, await sent]
}

/** A port at which nobody listens. */
async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as net.AddressInfo
  server.close()
  return port
}

describe('the order of the events of a request', () => {
  const folder = tempFolder()
  after(folder.remove)

  for (const scheme of ['http', 'https'])
    it(`is the same live, while recording and in replay, by ${scheme}`, async () => {
      const server = await startServer(
        ({ path }, response) => void (path === '/cut' ? response.destroy() : response.end('hi')),
        scheme === 'https' ? keys : undefined,
      )
      const nobody = `${scheme}://127.0.0.1:${await freePort()}/`
      const large = [Buffer.alloc(200_000, 'a'), Buffer.alloc(100_000, 'b')]
      const all = async (): Promise<string[][]> => [
        await events(server.url, { method: 'GET' }, []),
        await events(server.url, { method: 'PUT' }, [Buffer.from('body')]),
        await events(server.url, { method: 'PUT' }, large),
        await events(`${server.url}/cut`, { method: 'POST' }, [Buffer.from('body')]),
        await events(nobody, { method: 'PUT' }, []),
        await events(nobody, { method: 'PUT' }, large),
      ]
      const path = `${folder.path}/${scheme}.yaml`
      try {
        const live = await all()
        const connected = scheme === 'https' ? ['connect', 'secureConnect'] : ['connect']
        assert.deepEqual(live[0], [...connected, 'finish', 'response', 'close', 'sent'])
        assert.deepEqual(live.at(-2), ['error', 'close', 'ECONNREFUSED'])
        const options = { onRecordError: 'record' } as const
        assert.deepEqual(await withCassette(path, { mode: 'all', ...options }, all), live, 'recording')
        await server.close()
        assert.deepEqual(await withCassette(path, { mode: 'none', ...options }, all), live, 'replay')
      } finally {
        await server.close()
      }
    })

  it('gives got its timings', async () => {
    const server = await startServer((_, response) => void response.end('hi'))
    const path = `${folder.path}/got.yaml`
    const ask = async (): Promise<boolean[]> => {
      const { timings } = await got(server.url)
      assert.ok(timings)
      const { tcp, request, firstByte, total } = timings.phases
      const known = [tcp, request, firstByte, total].map(Number.isFinite)
      return [...known, Number(timings.upload) >= Number(timings.connect)]
    }
    const all = [true, true, true, true, true]
    assert.deepEqual(await withCassette(path, { mode: 'all' }, ask), all)
    await server.close()
    assert.deepEqual(await withCassette(path, { mode: 'none' }, ask), all)
  })
})
