import assert from 'node:assert/strict'

import { readAddress } from '../../src/registry/address.ts'
import { refKey } from '../../src/registry/names.ts'
import type { Store } from '../../src/registry/store.ts'
import { openStore } from '../../src/stores/open-store.ts'
import { hasRedis, type RedisServer, startRedis } from '../helpers/redis-server.ts'
import { storeSuite } from '../helpers/store-suite.ts'

const open = (url: string, token?: string): Promise<Store> => openStore(readAddress(url), { token, env: {} })

describe(
  hasRedis() ? 'a registry in Redis' : 'a registry in Redis (skipped: redis-server is not installed)',
  () => {
    if (!hasRedis()) {
      it('needs redis-server')
      return
    }
    let server: RedisServer
    before(async () => void (server = await startRedis()))
    after(() => server.stop())

    storeSuite(() => open(server.url))

    it('keeps two registries of one Redis apart', async () => {
      const [one, two] = [await open(`${server.url}?prefix=one`), await open(`${server.url}?prefix=two`)]
      await one.putIfAbsent(refKey('app', 'x'), Buffer.from('1'))
      assert.equal(await two.get(refKey('app', 'x')), undefined)
      await one.close?.()
      await two.close?.()
    })

    it('says that Redis is full, or would throw recordings away', async () => {
      const small = await startRedis('--maxmemory', '3mb', '--maxmemory-policy', 'noeviction')
      try {
        const store = await open(small.url)
        await assert.rejects(
          async () => {
            for (let at = 0; at < 20; at += 1)
              await store.putIfAbsent(refKey('app', `x${at}`), Buffer.alloc(1_000_000))
          },
          { problem: 'full', message: /OOM/ },
        )
        await store.close?.()
      } finally {
        await small.stop()
      }
      const forgetful = await startRedis('--maxmemory', '50mb', '--maxmemory-policy', 'allkeys-lru')
      try {
        await assert.rejects(open(forgetful.url), {
          problem: 'unsupported',
          message: /allkeys-lru\)\. Set it to noeviction/,
        })
      } finally {
        await forgetful.stop()
      }
    })

    it('says that the password is wrong, and that there is none at an address', async () => {
      const locked = await startRedis('--requirepass', 'secret')
      try {
        for (const token of [undefined, 'wrong'])
          await assert.rejects(open(locked.url, token), {
            problem: 'denied',
            message: /CASSETTE_TOKEN is its password/,
          })
        const store = await open(locked.url, 'secret')
        assert.equal(await store.get(refKey('app', 'x')), undefined)
        await store.close?.()
      } finally {
        await locked.stop()
      }
      await assert.rejects(open('redis://127.0.0.1:9'), { problem: 'unreachable', message: /ECONNREFUSED/ })
    })
  },
)
