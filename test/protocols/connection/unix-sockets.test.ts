import assert from 'node:assert/strict'
import { once } from 'node:events'
import http from 'node:http'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

import axios from 'axios'
import got from 'got'
import needle from 'needle'
import nodeFetch from 'node-fetch'
import superagent from 'superagent'
import { Agent, Client, fetch as undiciFetch, request as undiciRequest, setGlobalDispatcher } from 'undici'

import { withCassette } from '../../../src/index.ts'
import { unixUrl } from '../../../src/protocols/connection/unix-socket.ts'
import { testBench } from '../../helpers/cassette-folder.ts'
import { tempFolder } from '../../helpers/temp-folder.ts'

type Ask = (socketPath: string, path: string) => Promise<string>
const text = async (stream: AsyncIterable<Uint8Array>): Promise<string> =>
  Buffer.concat(await Array.fromAsync(stream)).toString()
const own = (socketPath: string): { dispatcher: Agent } => ({
  dispatcher: new Agent({ connect: { socketPath } }),
})

const CLIENTS: Readonly<Record<string, Ask>> = {
  async http(socketPath, path) {
    const request = http.get({ socketPath, path, agent: false })
    const [response] = (await once(request, 'response')) as [http.IncomingMessage]
    return text(response)
  },
  got: async (socketPath, path) =>
    (await got(`http://unix:${socketPath}:${path}`, { enableUnixSockets: true, retry: { limit: 0 } })).body,
  axios: async (socketPath, path) =>
    (await axios.get<string>(`http://localhost${path}`, { socketPath })).data,
  superagent: async (socketPath, path) =>
    (await superagent.get(`http+unix://${encodeURIComponent(socketPath)}${path}`)).text,
  needle: async (socketPath, path) => {
    const agent = new http.Agent({ socketPath } as object)
    return String((await needle('get', `http://localhost${path}`, null, { agent })).body)
  },
  'node-fetch': async (socketPath, path) =>
    (await nodeFetch(`http://localhost${path}`, { agent: new http.Agent({ socketPath } as object) })).text(),
  'undici Client': async (socketPath, path) => {
    const client = new Client('http://docker', { socketPath })
    const { body } = await client.request({ path, method: 'GET' })
    const told = await body.text()
    await client.destroy()
    return told
  },
  'undici request, own Agent': async (socketPath, path) =>
    (await undiciRequest(`http://localhost${path}`, own(socketPath))).body.text(),
  'undici fetch, own Agent': async (socketPath, path) =>
    (await undiciFetch(`http://localhost${path}`, own(socketPath))).text(),
}

async function listen(path: string, says: string): Promise<http.Server> {
  const server = http.createServer((request, response) => {
    response.writeHead(200, { 'content-type': 'text/plain' }).end(`${says} ${request.url}`)
  })
  server.listen(path)
  await once(server, 'listening')
  return server
}

describe('unix sockets', () => {
  const bench = testBench((_request, response) => void response.end('localhost'))
  const open: http.Server[] = []
  const close = async (): Promise<void> => {
    for (const server of open.splice(0)) {
      server.closeAllConnections()
      await once(server.close(), 'close')
    }
  }
  afterEach(close)

  for (const [name, ask] of Object.entries(CLIENTS))
    it(`${name}: two sockets and localhost are three hosts; a socket in another folder is the same host`, async () => {
      const folder = tempFolder()
      const other = join(folder.path, 'other')
      mkdirSync(other)
      try {
        for (const at of [folder.path, other])
          for (const one of ['one.sock', 'two.sock']) open.push(await listen(join(at, one), one))
        const all = async (at: string): Promise<string[]> => [
          await ask(join(at, 'one.sock'), '/a?x=1'),
          await ask(join(at, 'two.sock'), '/a?x=1'),
          await (await fetch(`http://localhost:${bench.server.port}/a?x=1`)).text(),
        ]
        const live = ['one.sock /a?x=1', 'two.sock /a?x=1', 'localhost']
        assert.deepEqual(await all(folder.path), live)
        const options = { redact: { keep: ['x'] } }
        assert.deepEqual(await withCassette(bench.path(), options, () => all(folder.path)), live)
        assert.match(bench.read() ?? '', /url: '?http\+unix:\/\/one\.sock\/a\?x=1/)
        await close()
        await bench.server.close()
        const replay = (at: string) => withCassette(bench.path(), { ...options, mode: 'none' }, () => all(at))
        assert.deepEqual(await replay(folder.path), live)
        assert.deepEqual(await replay(other), live)
      } finally {
        folder.remove()
      }
    })

  it('of global dispatchers are different hosts, too', async () => {
    // `setGlobalDispatcher` would set the former one again with our wrapper around it.
    const slots = ['1', '2'].map((n) => Symbol.for(`undici.globalDispatcher.${n}`))
    const former = slots.map((slot): unknown => Reflect.get(globalThis, slot))
    const folder = tempFolder()
    try {
      const ask = async (name: string): Promise<string> => {
        setGlobalDispatcher(new Agent({ connect: { socketPath: join(folder.path, name) } }))
        return (await undiciRequest('http://localhost/')).body.text()
      }
      const both = async (): Promise<string[]> => [await ask('one.sock'), await ask('two.sock')]
      for (const name of ['one.sock', 'two.sock']) open.push(await listen(join(folder.path, name), name))
      // As programs do: the dispatcher is set before the cassette is opened.
      for (const [name, mode] of [
        ['one.sock', 'once'],
        ['two.sock', 'new_episodes'],
      ] as const) {
        await ask(name)
        await withCassette(bench.path(), { mode }, async () =>
          assert.equal(await (await undiciRequest('http://localhost/')).body.text(), `${name} /`),
        )
      }
      assert.deepEqual(await both(), ['one.sock /', 'two.sock /'])
      assert.deepEqual(bench.read()?.match(/http\+unix:\/\/\w+/g), ['http+unix://one', 'http+unix://two'])
    } finally {
      for (const [i, slot] of slots.entries()) Reflect.set(globalThis, slot, former[i])
      folder.remove()
    }
  })

  it('can be ignored by name', async () => {
    const folder = tempFolder()
    try {
      open.push(await listen(join(folder.path, 'db.sock'), 'live'))
      const ask = () => CLIENTS['http']!(join(folder.path, 'db.sock'), '/')
      const ignored = { mode: 'none', ignore: ['db.sock'] } as const
      assert.equal(await withCassette(bench.path(), ignored, ask), 'live /')
    } finally {
      folder.remove()
    }
  })

  it('have URLs without a folder; in a tunnel the URL names the server', () => {
    const of = (path: string, url = 'http://localhost/a/b?c', host = 'localhost'): string =>
      unixUrl(url, { path, host })
    assert.equal(of('/var/run/docker.sock'), 'http+unix://docker.sock/a/b?c')
    assert.equal(of('\0abstract name'), 'http+unix://abstract%20name/a/b?c')
    assert.equal(of(String.raw`\\.\pipe\docker_engine`), 'http+unix://docker_engine/a/b?c')
    assert.equal(of('/x.sock', 'https://api.test:444/', 'api.test'), 'https+unix://x.sock/')
    assert.equal(of('/proxy.sock', 'http://example.com/a'), 'http://example.com/a')
    for (const url of [of('/var/run/docker.sock'), of('\0abstract name')]) assert.ok(URL.canParse(url))
  })
})
