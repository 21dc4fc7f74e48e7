import { randomUUID } from 'node:crypto'

import type { Redis } from 'ioredis'

import { toError } from '../base/to-error.ts'
import { RegistryError } from '../errors/registry-error.ts'
import type { Listed, Store } from '../registry/store.ts'
import { checkKey } from './check-key.ts'
import { optionalPackage } from './optional-package.ts'

const SILENCE_MS = 30_000
const CONNECT_MS = 10_000
const PAGE = 1000

/** Of an object: `d` its bytes, `v` its version, `m` when it was written by the clock of Redis. */
const WRITE = `
local t = redis.call('TIME')
local m = string.format('%.0f', t[1] * 1000 + math.floor(t[2] / 1000))
redis.call('HSET', KEYS[1], 'd', ARGV[1], 'v', ARGV[2], 'm', m)
redis.call('ZADD', KEYS[2], 0, ARGV[3])
return 1`
// The version is chosen here: one that is there already says that the answer to a first try was lost.
const PUT = `
local v = redis.call('HGET', KEYS[1], 'v')
if v == ARGV[2] then return 1 end
if v then return 0 end
${WRITE}`
const SET = `
local v = redis.call('HGET', KEYS[1], 'v')
if v == ARGV[2] then return 1 end
if v ~= ARGV[4] then return 0 end
${WRITE}`
const DELETE = `
local v = redis.call('HGET', KEYS[1], 'v')
if not v or (ARGV[2] ~= '' and v ~= ARGV[2]) then return 0 end
redis.call('DEL', KEYS[1])
redis.call('ZREM', KEYS[2], ARGV[1])
return 1`

export interface RedisOptions {
  readonly url: URL
  readonly name: string
  /** What the keys of the registry begin with. */
  readonly prefix: string
  readonly password: string | undefined
}

/** A registry in Redis. All its keys are in one slot of a cluster. */
export async function redisStore({ url, name, prefix, password }: RedisOptions): Promise<Store> {
  const ioredis = await optionalPackage('ioredis', () => import('ioredis'))
  const client: Redis = new ioredis.Redis({
    host: url.hostname || '127.0.0.1',
    port: Number(url.port || 6379),
    db: Number(url.pathname.slice(1) || 0),
    ...(url.username === '' ? {} : { username: decodeURIComponent(url.username) }),
    ...(password === undefined ? {} : { password }),
    ...(url.protocol === 'rediss:' ? { tls: {} } : {}),
    connectTimeout: CONNECT_MS,
    commandTimeout: SILENCE_MS,
    maxRetriesPerRequest: 3,
    retryStrategy: (times) => (times > 3 ? null : times * 100),
    lazyConnect: true,
  })
  let last: Error | undefined
  client.on('error', (error: Error) => (last = error))
  const objectAt = (key: string): string => `{${prefix}}:o:${checkKey(key)}`
  const index = `{${prefix}}:index`
  const told = async <T>(task: () => Promise<T>): Promise<T> => {
    try {
      return await task()
    } catch (error) {
      throw error instanceof RegistryError ? error : problemOf(name, toError(error), last)
    }
  }
  try {
    await told(() => checkEviction(client, name))
  } catch (error) {
    client.disconnect()
    throw error
  }

  return {
    name,
    get: (key) =>
      told(async () => {
        const [bytes, version] = await client.hmgetBuffer(objectAt(key), 'd', 'v')
        return bytes && version ? { bytes, version: version.toString() } : undefined
      }),
    putIfAbsent: (key, bytes) =>
      told(
        async () =>
          (await client.eval(PUT, 2, objectAt(key), index, bufferOf(bytes), randomUUID(), key)) === 1,
      ),
    compareAndSet: (key, bytes, version) =>
      told(
        async () =>
          (await client.eval(SET, 2, objectAt(key), index, bufferOf(bytes), randomUUID(), key, version)) ===
          1,
      ),
    async *list(start): AsyncGenerator<Listed, void, void> {
      for (let from = `[${start}`; ;) {
        const keys = await told(() => client.zrangebylex(index, from, `[${start}\u00ff`, 'LIMIT', 0, PAGE))
        const times = await told(() => Promise.all(keys.map((key) => client.hget(objectAt(key), 'm'))))
        for (const [at, key] of keys.entries()) {
          const time = times[at]
          if (typeof time === 'string') yield { key, modified: Number(time) }
        }
        if (keys.length < PAGE) return
        from = `(${keys.at(-1) ?? ''}`
      }
    },
    delete: (key, version = '') =>
      told(async () => (await client.eval(DELETE, 2, objectAt(key), index, key, version)) === 1),
    async close() {
      client.disconnect()
    },
  }
}

const bufferOf = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** @throws {RegistryError} if Redis may throw recordings away when it is full */
async function checkEviction(client: Redis, name: string): Promise<void> {
  const found = await client.config('GET', 'maxmemory-policy').catch((error: unknown) => {
    // A managed Redis does not let clients ask.
    if (/NOPERM|unknown command/i.test(toError(error).message)) return undefined
    throw error
  })
  const policy = Array.isArray(found) ? String(found[1]) : ''
  if (policy.startsWith('allkeys'))
    throw new RegistryError(
      'unsupported',
      `The Redis ${name} throws away what was not used for long when it is full (maxmemory-policy ${policy}). Set it to noeviction.`,
    )
}

function problemOf(name: string, error: Error, last: Error | undefined): RegistryError {
  const { message } = error
  const known = [
    { pattern: /^OOM /, problem: 'full', way: 'Give it more memory, or remove refs and call "cassette gc".' },
    {
      pattern: /WRONGPASS|NOAUTH|NOPERM|invalid password/i,
      problem: 'denied',
      way: 'CASSETTE_TOKEN is its password; a user name is in the address.',
    },
    {
      pattern: /^(?:READONLY|MISCONF)/,
      problem: 'denied',
      way: 'It takes no writes: name its primary, and look at its log.',
    },
  ] as const
  const found = known.find(
    ({ pattern }) => pattern.test(message) || (last !== undefined && pattern.test(last.message)),
  )
  return new RegistryError(
    found?.problem ?? 'unreachable',
    `The registry ${name} cannot be used: ${found || !last ? message : `${message} (${last.message})`}. ${found?.way ?? 'Nothing is half done: call it again.'}`,
    { cause: error },
  )
}
