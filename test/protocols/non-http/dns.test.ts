import assert from 'node:assert/strict'
import dns from 'node:dns'
import { lookup, Resolver } from 'node:dns/promises'
import net from 'node:net'
import { promisify } from 'node:util'

import { withCassette } from '../../../src/index.ts'
import { testBench } from '../../helpers/cassette-folder.ts'
import { askOnce } from '../http2-client.ts'
import { startHttp2Server } from '../http2-server.ts'

describe('DNS in replay', () => {
  const bench = testBench((_, response) => void response.end('h1'))
  const none = <T>(run: () => Promise<T>, ignore: string[] = []): Promise<T> =>
    withCassette(bench.path(), { mode: 'none', ignore }, run)

  it('every host has one made-up address, whichever function looks it up', async () => {
    await none(async () => {
      const { address } = await lookup('a.invalid')
      assert.equal(net.isIPv4(address), true)
      assert.deepEqual(await lookup('a.invalid', { all: true }), [{ address, family: 4 }])
      assert.deepEqual(await promisify(dns.lookup)('a.invalid'), { address, family: 4 })
      assert.deepEqual(await promisify(dns.lookup)('a.invalid', { all: true }), [{ address, family: 4 }])
      assert.deepEqual(await promisify(dns.resolve4)('a.invalid'), [address])
      assert.deepEqual(await new Resolver().resolve4('a.invalid'), [address])
      assert.deepEqual(await new Resolver().resolve4('a.invalid', { ttl: true }), [{ address, ttl: 60 }])
      assert.deepEqual(await new Resolver().resolve('a.invalid'), [address])
      await assert.rejects(new Resolver().resolveTxt('a.invalid'), { code: 'ENODATA' })
      await assert.rejects(new Resolver().resolve6('a.invalid'), { code: 'ENODATA' })
      const other = await lookup('b.invalid')
      assert.notEqual(other.address, address)
      const six = await lookup('a.invalid', 6)
      assert.equal(net.isIPv6(six.address), true)
    })
  })

  it('addresses, localhost and ignored hosts are really looked up, and so is every host between cassettes', async () => {
    await none(async () => {
      assert.deepEqual(await lookup('127.0.0.1'), { address: '127.0.0.1', family: 4 })
      assert.match((await lookup('localhost')).address, /^(127\.0\.0\.1|::1)$/)
      await assert.rejects(lookup('ignored.invalid'), /ignored\.invalid/)
    }, ['ignored.invalid'])
    await assert.rejects(lookup('a.invalid'), /a\.invalid/)
  })

  it('a made-up address that the program has kept leads to its host when the program may connect', async () => {
    const server = await startHttp2Server('h2c', (stream) => {
      stream.respond({ ':status': 200 })
      stream.end('reached')
    })
    const { address } = await none(() => lookup('kept.invalid'))
    const view = await askOnce({ url: `http://${address}:${server.port}` }, { path: '/' })
    assert.match(view.sessionError?.message ?? '', /kept\.invalid/, 'dialled by its name')
    assert.equal(view.body, '')
    await server.close()
  })
})
