import assert from 'node:assert/strict'
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import http from 'node:http'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'

import { EnvHttpProxyAgent, fetch as undiciFetch, ProxyAgent, request as undiciRequest } from 'undici'

import { CassetteMiss, withCassette } from '../../src/index.ts'
import { testBench } from '../helpers/cassette-folder.ts'
import { startServer, type TestServer } from '../helpers/server.ts'
import { fromRoot } from '../helpers/shared.ts'
import { selfSigned } from '../helpers/tls-certificate.ts'

const keys = selfSigned()
const trusted = { ca: keys.cert }

interface Ways {
  /** Requests `url` through the proxy and returns the response text. */
  ask(url: string, proxy: string): Promise<string>
  /** Whether a plain `http:` URL goes through a tunnel too. */
  readonly tunnelsPlain: boolean
}

/** A minimal tunnelling agent, as the proxy agents of npm are made. */
function nodeTunnel(url: string, proxy: string): Promise<string> {
  const { hostname, port } = new URL(url)
  const { hostname: host, port: via } = new URL(proxy)
  return new Promise((resolve, reject) => {
    const connect = http.request({
      host,
      port: via,
      method: 'CONNECT',
      path: `${hostname}:${port}`,
      agent: false,
    })
    connect.on('error', reject)
    connect.on('connect', (answer, socket) => {
      if (answer.statusCode !== 200) return reject(new Error(`proxy said ${answer.statusCode}`))
      const request = http.request(url, { createConnection: () => socket }, (response) => {
        response.setEncoding('utf8')
        let text = ''
        response.on('data', (chunk: string) => (text += chunk))
        response.on('end', () => {
          socket.destroy()
          resolve(text)
        })
      })
      request.on('error', reject)
      request.end()
    })
    connect.end()
  })
}

async function throughAgent<T extends { close(): Promise<void>; destroy(): Promise<void> }>(
  agent: T,
  ask: (agent: T) => Promise<string>,
): Promise<string> {
  try {
    return await ask(agent)
  } finally {
    await agent.destroy()
  }
}

const CLIENTS: Readonly<Record<string, Ways>> = {
  'undici fetch, ProxyAgent': {
    tunnelsPlain: false,
    ask: (url, proxy) =>
      throughAgent(new ProxyAgent({ uri: proxy, requestTls: trusted }), async (dispatcher) =>
        (await undiciFetch(url, { dispatcher })).text(),
      ),
  },
  'undici request, ProxyAgent that tunnels everything': {
    tunnelsPlain: true,
    ask: (url, proxy) =>
      throughAgent(
        new ProxyAgent({ uri: proxy, requestTls: trusted, proxyTunnel: true }),
        async (dispatcher) => (await undiciRequest(url, { dispatcher })).body.text(),
      ),
  },
  'undici request, EnvHttpProxyAgent': {
    tunnelsPlain: false,
    ask: (url, proxy) =>
      throughAgent(
        new EnvHttpProxyAgent({ httpProxy: proxy, httpsProxy: proxy, noProxy: '', requestTls: trusted }),
        async (dispatcher) => (await undiciRequest(url, { dispatcher })).body.text(),
      ),
  },
}

describe('a proxy', () => {
  const bench = testBench((request, response) => void response.end(`inner ${request.path}`))
  let child: ChildProcessByStdio<null, Readable, null>
  let secure: TestServer
  const secureUrl = (): string => secure.url
  let proxy = ''
  let log: string[] = []

  before(async () => {
    child = spawn(process.execPath, [fromRoot('test/protocols/programs/proxy.ts')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const lines = createInterface(child.stdout)
    const [port] = (await once(lines, 'line')) as [string]
    lines.on('line', (line) => log.push(line))
    proxy = `http://127.0.0.1:${port}`
    secure = await startServer((request, response) => void response.end(`inner ${request.path}`), keys)
  })
  after(async () => {
    child.kill()
    await secure.close()
  })
  beforeEach(() => {
    log = []
  })

  const check = (name: string, url: () => string, tunnelled: boolean, ask: Ways['ask']): void => {
    describe(name, () => {
      it('the request inside is recorded with its true address, the tunnel is not', async () => {
        assert.equal(await withCassette(bench.path(), () => ask(`${url()}/a`, proxy)), 'inner /a')
        await sleep(20)
        assert.deepEqual(
          log.map((line) => line.split(' ')[0]),
          [tunnelled ? 'CONNECT' : 'GET'],
        )
        const tape = bench.read() ?? ''
        assert.deepEqual(tape.match(/method: \S+/g), ['method: GET'])
        assert.deepEqual(tape.match(/url: .*/g), [`url: ${url()}/a`])
        assert.doesNotMatch(tape, /CONNECT/)
      })

      it('a replay answers the tunnel and the request inside, and needs no proxy', async () => {
        await withCassette(bench.path(), () => ask(`${url()}/a`, proxy))
        await sleep(20)
        log = []
        const replay = async (): Promise<string> =>
          withCassette(bench.path(), { mode: 'none' }, () => ask(`${url()}/a`, proxy))
        assert.equal(await replay(), 'inner /a')
        assert.equal(await replay(), 'inner /a', 'and again')
        await sleep(20)
        assert.deepEqual(log, [])
      })

      it('a request inside without a recording is a miss and opens no connection', async () => {
        await assert.rejects(
          withCassette(bench.path(), { mode: 'none' }, () => ask(`${url()}/unknown`, proxy)),
          (error) => error instanceof CassetteMiss && error.request.url === `${url()}/unknown`,
        )
        await sleep(20)
        assert.deepEqual(log, [])
      }).timeout(3000)
    })
  }

  for (const [name, { ask, tunnelsPlain }] of Object.entries(CLIENTS)) {
    check(`${name}, https`, secureUrl, true, ask)
    check(`${name}, http`, () => bench.server.url, tunnelsPlain, ask)
  }
  check('a tunnel made with http', () => bench.server.url, true, nodeTunnel)

  it('answered tunnels leave no handle open', async () => {
    const [client] = Object.values(CLIENTS)
    assert.ok(client)
    const ask = (): Promise<string> => client.ask(`${secure.url}/a`, proxy)
    await withCassette(bench.path(), ask)
    const open = (): number =>
      process.getActiveResourcesInfo().filter((name) => /TCP|TLS|Pipe/.test(name)).length
    const replays = (count: number): Promise<void> =>
      withCassette(bench.path(), { mode: 'none', allowPlaybackRepeats: true }, async () => {
        for (let i = 0; i < count; i++) await ask()
      })
    await replays(5)
    await sleep(20)
    const before = open()
    await replays(100)
    await sleep(50)
    assert.ok(open() <= before, `${before} before, ${open()} after`)
  }).timeout(10_000)

  it('while recording the client gets the refusal of a proxy', async () => {
    const ask = (): Promise<string> =>
      throughAgent(
        new ProxyAgent({ uri: proxy, token: 'Basic d3Jvbmc6cGFzcw==', requestTls: trusted }),
        async (dispatcher) => (await undiciRequest(secure.url, { dispatcher })).body.text(),
      )
    await assert.rejects(withCassette(bench.path(), ask), /407/)
    assert.doesNotMatch(bench.read() ?? '', /d3Jvbmc6cGFzcw/)
  })
})
