import assert from 'node:assert/strict'
import dgram from 'node:dgram'
import dns from 'node:dns'
import { once } from 'node:events'
import net, { type AddressInfo } from 'node:net'
import { promisify } from 'node:util'

import { type CassetteOptions, CassetteMiss, NetworkDeniedError, withCassette } from '../../../src/index.ts'
import { testBench } from '../../helpers/cassette-folder.ts'
import { RAW_CLIENTS, rawServers } from '../raw-servers.ts'

describe('traffic that is not HTTP', () => {
  const bench = testBench((_, response) => void response.end('http'))
  const servers = rawServers()

  const record = (): Promise<string> =>
    withCassette(bench.path(), async () => (await fetch(bench.url('/a'))).text())
  const replaying = <T>(options: CassetteOptions, fn: () => Promise<T>): Promise<T> =>
    withCassette(bench.path(), { mode: 'none', ...options }, fn)
  /** The error that `fn` got, and the error of the run. */
  async function denied(
    fn: () => Promise<unknown>,
    options: CassetteOptions = {},
  ): Promise<NetworkDeniedError> {
    let seen: unknown
    const run = replaying({ network: 'deny', ...options }, async () => {
      seen = await fn().catch((error: unknown) => error)
      return 'a default'
    })
    const error: unknown = await run.catch((one: unknown) => one)
    assert.ok(error instanceof NetworkDeniedError, String(error))
    assert.equal(error.code, 'CASSETTE_NETWORK_DENIED')
    assert.equal(error.path, bench.path())
    assert.equal(seen, error)
    return error
  }

  describe('passes in every mode', () => {
    const MODES = ['once', 'none', 'new_episodes', 'all'] as const
    for (const [name, { ask, hears }] of Object.entries(RAW_CLIENTS))
      it(name, async () => {
        assert.equal(await withCassette(bench.path(), () => ask(servers)), hears, 'nothing recorded yet')
        await record()
        for (const mode of MODES)
          assert.equal(await withCassette(bench.path(), { mode }, () => ask(servers)), hears, mode)
        assert.equal(await ask(servers), hears, 'between cassettes')
      })

    it('beside replayed requests', async () => {
      await record()
      await bench.server.close()
      await replaying({}, async () => {
        const { ask, hears } = RAW_CLIENTS['TCP, the server speaks first']!
        const [text, heard] = await Promise.all([
          fetch(bench.url('/a')).then((response) => response.text()),
          ask(servers),
        ])
        assert.deepEqual([text, heard], ['http', hears])
      })
    })

    it('also with network deny, in a mode that may go live', async () => {
      const { ask, hears } = RAW_CLIENTS['TCP, the client speaks first']!
      const live: CassetteOptions[] = [
        {},
        { mode: 'new_episodes' },
        { mode: 'all' },
        { onMiss: 'passthrough' },
      ]
      for (const options of live)
        assert.equal(
          await withCassette(bench.path(), { ...options, network: 'deny' }, () => ask(servers)),
          hears,
        )
    })
  })

  describe("with network: 'deny', in a mode that may not go live", () => {
    beforeEach(record)

    for (const [name, { ask, hears }] of Object.entries(RAW_CLIENTS)) {
      it(`nothing connects: ${name}`, async () => {
        await denied(() => ask(servers))
        assert.equal(servers.connections(), 0)
      })
      it(`ignore lets its host through: ${name}`, async () => {
        const ignore = ['127.0.0.1', 'unix:///*']
        assert.equal(await replaying({ network: 'deny', ignore }, () => ask(servers)), hears)
      })
    }

    it('the error names host, port, cassette and a way out that works', async () => {
      const port = servers.port('clientFirst')
      const { ask, hears } = RAW_CLIENTS['TCP, the client speaks first']!
      const error = await denied(() => ask(servers))
      assert.deepEqual([error.host, error.port], ['127.0.0.1', port])
      assert.equal(
        error.message,
        `A TCP connection to 127.0.0.1:${port} was stopped: the option network is 'deny', and no recording in ` +
          `${bench.path()} can answer it (mode none). Let it through with ignore: '127.0.0.1:${port}'.\nSee cassette/docs/errors.md#cassette_network_denied`,
      )
      const ignore = `127.0.0.1:${port}`
      assert.equal(await replaying({ network: 'deny', ignore }, () => ask(servers)), hears)
      const socket = await denied(() => RAW_CLIENTS['a unix socket']!.ask(servers))
      assert.deepEqual([socket.host, socket.port], [servers.unix, undefined])
      assert.match(
        socket.message,
        /A connection to unix:\/\/\/.*db\.sock was stopped.*ignore: 'unix:\/\/\/.*db\.sock'/,
      )
    })

    it('mode once denies as soon as there is a recording', async () => {
      await denied(() => RAW_CLIENTS['TCP, the server speaks first']!.ask(servers), { mode: 'once' })
    })

    it('recorded requests are answered, also late ones, and others are misses', async () => {
      await bench.server.close()
      const get = async (path: string): Promise<string> => (await fetch(bench.url(path))).text()
      assert.equal(await replaying({ network: 'deny' }, () => get('/a')), 'http')
      await assert.rejects(
        replaying({ network: 'deny' }, () => get('/b')),
        CassetteMiss,
      )
    })

    it('an ignored host is connected to, also by name', async () => {
      const { port } = bench.server
      const asked = bench.server.requests.length
      const ignore = `localhost:${port}`
      const text = replaying({ network: 'deny', ignore }, async () =>
        (await fetch(`http://localhost:${port}/`)).text(),
      )
      assert.equal(await text, 'http')
      assert.equal(bench.server.requests.length, asked + 1)
    })

    const QUERIES: Readonly<Record<string, () => Promise<unknown>>> = {
      'dns.lookup': () => promisify(dns.lookup)('db.example.invalid'),
      'dns.promises.lookup': () => dns.promises.lookup('db.example.invalid'),
      'dns.resolve4': () => promisify(dns.resolve4)('db.example.invalid'),
      'dns.promises.resolveTxt': () => dns.promises.resolveTxt('db.example.invalid'),
      'a Resolver': () =>
        promisify(dns.Resolver.prototype.resolve4).call(new dns.Resolver(), 'db.example.invalid'),
      'a Resolver of promises': () => new dns.promises.Resolver().resolve('db.example.invalid', 'MX'),
      'net.connect to a name': () =>
        once(
          net.connect({ host: 'db.example.invalid', port: 5432 }).on('connect', function (this: net.Socket) {
            this.write('ask')
          }),
          'data',
        ),
    }
    for (const [name, ask] of Object.entries(QUERIES))
      it(`no name is looked up: ${name}`, async () => {
        const error = await denied(ask)
        assert.equal(error.host, 'db.example.invalid')
      })

    it('look-ups of localhost and of addresses pass', async () => {
      const found = await replaying({ network: 'deny' }, () =>
        Promise.all(['localhost', '127.0.0.1', '::1'].map((host) => dns.promises.lookup(host))),
      )
      assert.equal(found.length, 3)
      assert.deepEqual(Object.keys(await promisify(dns.lookup)('127.0.0.1')), ['address', 'family'])
    })

    it('a server can be started, and answers its own program if `ignore` names it', async () => {
      await replaying({ network: 'deny', ignore: 'localhost' }, async () => {
        const server = net.createServer((socket) => socket.end('mine')).listen(0, 'localhost')
        await once(server, 'listening')
        const [data] = await once(net.connect((server.address() as AddressInfo).port, 'localhost'), 'data')
        assert.equal(String(data), 'mine')
        server.close()
      })
    })

    describe('UDP', () => {
      let receiver: dgram.Socket
      let sender: dgram.Socket
      let port = 0
      beforeEach(async () => {
        receiver = dgram.createSocket('udp4').bind(0, '127.0.0.1')
        sender = dgram.createSocket('udp4')
        await once(receiver, 'listening')
        ;({ port } = receiver.address())
      })
      afterEach(() => {
        receiver.close()
        sender.close()
      })
      const send = (...args: unknown[]): Promise<void> =>
        new Promise((resolve, reject) => {
          const sent = (error: Error | null): void => (error ? reject(error) : resolve())
          Reflect.apply(sender.send, sender, [...args, sent])
        })

      it('no message is sent, whichever way the program sends it', async () => {
        const all: (() => Promise<unknown>)[] = [
          () => send('x', port),
          () => send('x', port, '127.0.0.1'),
          () => send('x', 0, 1, port),
          () => send(Buffer.from('x'), 0, 1, port, '127.0.0.1'),
          () => promisify(sender.connect).call(sender, port),
          async () => {
            sender.send('x', port, '127.0.0.1')
            throw (await once(sender, 'error'))[0]
          },
        ]
        for (const attempt of all) {
          const error = await denied(attempt)
          assert.deepEqual([error.host, error.port], ['127.0.0.1', port])
        }
        await promisify(sender.connect).call(sender, port)
        assert.deepEqual((await denied(() => send('x'))).port, port, 'connected before')
      })

      it('passes if `ignore` names its host, and with network allow', async () => {
        const arrives = async (): Promise<void> => {
          const heard = once(receiver, 'message')
          await send('x', port)
          assert.equal(String((await heard)[0]), 'x')
        }
        await replaying({ network: 'deny', ignore: `127.0.0.1:${port}` }, arrives)
        await replaying({}, arrives)
      })
    })
  })
})
