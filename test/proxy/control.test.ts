import assert from 'node:assert/strict'
import { once } from 'node:events'
import type http from 'node:http'
import type { AddressInfo } from 'node:net'

import { WebSocket, WebSocketServer } from 'ws'

import { type CassetteProxy, type ProxyOptions, startProxy } from '../../src/proxy.ts'
import { testBench } from '../helpers/cassette-folder.ts'
import { type Asked, ask } from './ask.ts'

describe('the scopes of a proxy', () => {
  const bench = testBench(({ path }, response) => void response.end(`live ${path}`))
  let proxy: CassetteProxy | undefined
  let before = ''

  beforeEach(() => {
    before = process.cwd()
    process.chdir(bench.path('.'))
  })
  afterEach(async () => {
    process.chdir(before)
    await proxy?.close().catch(() => {})
    proxy = undefined
  })

  const start = async (options: Partial<ProxyOptions> = {}): Promise<CassetteProxy> =>
    (proxy = await startProxy({ target: bench.url(''), ...options }))

  const post = (action: string, body: object, headers?: http.OutgoingHttpHeaders): Promise<Asked> =>
    ask(
      `${proxy?.url}/__cassette/${action}`,
      { method: 'POST', headers: headers ?? { authorization: `Bearer ${proxy?.token}` } },
      JSON.stringify(body),
    )

  it('gives each test a cassette of its own, in which requests between open and close go', async () => {
    const { url } = await start()
    for (const name of ['one', 'two']) {
      assert.equal((await post('open', { path: `${name}.yaml` })).json()['mode'], 'once')
      assert.equal((await ask(`${url}/${name}`)).body.toString(), `live /${name}`)
      const closed = (await post('close', {})).json()
      assert.deepEqual([closed['path'], closed['recorded']], [`${name}.yaml`, 1])
    }
    assert.match(bench.read('one.yaml') ?? '', /\/one/)
    assert.match(bench.read('two.yaml') ?? '', /\/two/)
    assert.doesNotMatch(bench.read('one.yaml') ?? '', /\/two/)
  })

  it('tells the misses of a scope when it closes', async () => {
    const { url } = await start()
    await post('open', { path: 'a.yaml' })
    await ask(`${url}/a`)
    await post('close', { path: 'a.yaml' })
    await post('open', { path: 'a.yaml', mode: 'none' })
    assert.equal((await ask(`${url}/b`)).status, 400)
    const { misses } = (await post('close', { path: 'a.yaml' })).json() as { misses: { url: string }[] }
    assert.deepEqual(
      misses.map((miss) => miss.url),
      [bench.url('/b')],
    )
  })

  it('keeps tests that run at the same time apart, by the URL that each got', async () => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
    await once(server, 'listening')
    server.on('connection', (socket) => {
      socket.on('message', (message: Buffer) => {
        socket.send(`echo ${message.toString()}`)
        socket.close(1000)
      })
    })
    const { url } = await start({
      target: [bench.url(''), `/ws=ws://127.0.0.1:${(server.address() as AddressInfo).port}`],
    })
    const names = ['a', 'b', 'c']
    const bases = await Promise.all(
      names.map(async (name) => String((await post('open', { path: `${name}.yaml` })).json()['url'])),
    )
    assert.equal((await ask(`${url}/nowhere`)).status, 400)
    await Promise.all(
      bases.map(async (base, i) => {
        await ask(`${base}/from-${names[i]}`)
        const socket = new WebSocket(`${base.replace('http', 'ws')}/ws/`)
        await once(socket, 'open')
        socket.send(`hello ${names[i]}`)
        await once(socket, 'close')
      }),
    )
    for (const name of names) {
      const { recorded } = (await post('close', { path: `${name}.yaml` })).json()
      assert.equal(recorded, 2)
      const text = bench.read(`${name}.yaml`) ?? ''
      assert.match(text, new RegExp(`from-${name}`))
      assert.match(text, new RegExp(`echo hello ${name}`))
    }
    server.close()
  })

  it('opens nothing without its token, nor outside of its folder', async () => {
    await start()
    for (const headers of [{}, { authorization: 'Bearer x' }, { 'x-cassette-token': '' }])
      assert.equal((await post('open', { path: 'a.yaml' }, headers)).status, 401)
    for (const path of [
      '../a.yaml',
      '/tmp/a.yaml',
      'a/../../b.yaml',
      'a.txt',
      'a\0.yaml',
      'C:\\a.yaml',
      '..\\a.yaml',
      7,
    ])
      assert.equal((await post('open', { path })).status, 400, String(path))
    assert.equal((await post('close', {})).status, 404)
    assert.equal((await post('other', {})).status, 404)
    assert.equal((await ask(`${proxy?.url}/__cassette/open`)).status, 405)
  })

  it('refuses a cassette that is open, one that cannot be read, and requests outside of a scope', async () => {
    const { url } = await start()
    assert.equal((await ask(`${url}/`)).status, 400)
    await post('open', { path: 'a.yaml' })
    assert.equal((await post('open', { path: 'a.yaml' })).status, 409)
    assert.equal((await post('open', { path: 'b.yaml', mode: 'x' })).status, 400)
    assert.equal(bench.server.requests.length, 0)
  })

  it('writes the scopes that are open when it stops', async () => {
    const { url, close } = await start()
    await post('open', { path: 'a.yaml' })
    await ask(`${url}/a`)
    await close()
    assert.match(bench.read('a.yaml') ?? '', /\/a/)
  })
})
