import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, request, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

import { sleep } from '../../src/clock.ts'
import { packed, sha256 } from '../../src/registry/blob.ts'
import { blobKey, refKey } from '../../src/registry/names.ts'
import type { Store } from '../../src/registry/store.ts'
import { type RegistryServer, startServer } from '../../src/server/server.ts'
import { createToken, revokeToken, type Scope } from '../../src/server/tokens.ts'
import { folderStore, projectsIn } from '../../src/stores/folder.ts'
import { httpStore } from '../../src/stores/http.ts'
import { STORE_CASES } from '../../src/store-conformance.ts'
import { pushesAtOnce, pushOptions, writeCassettes } from '../helpers/store-suite.ts'
import { push } from '../../src/transfer/push.ts'
import { tempFolder } from '../helpers/temp-folder.ts'

describe('a registry over HTTP', () => {
  let temp: ReturnType<typeof tempFolder>
  let folder: string
  let server: RegistryServer
  let lines: string[]
  before(async () => {
    temp = tempFolder()
    folder = join(temp.path, 'registry')
    lines = []
    server = await startServer({
      store: folderStore(folder),
      projects: () => projectsIn(folder),
      folder,
      host: '127.0.0.1',
      port: 0,
      log: (line) => lines.push(line),
    })
  })
  after(async () => {
    await server.stop()
    temp.remove()
  })

  const tokenFor = (scope: Scope, projects = ['*'], expires?: string): string =>
    createToken(folder, {
      name: 'test',
      projects,
      scope,
      created: '2026-11-28T00:00:00.000Z',
      ...(expires ? { expires } : {}),
    }).token
  const open = (token: string | undefined): Promise<Store> =>
    httpStore(new URL(server.url), server.url, token)
  const using = async (token: string | undefined, task: (store: Store) => Promise<void>): Promise<void> => {
    const store = await open(token)
    try {
      await task(store)
    } finally {
      await store.close?.()
    }
  }

  // The server checks what it is given. These cases put any bytes, so they ask one that does not.
  const unchecked = async (): Promise<RegistryServer> =>
    startServer({
      store: folderStore(folder),
      projects: () => projectsIn(folder),
      folder,
      host: '127.0.0.1',
      port: 0,
      log: () => {},
      check: async () => {},
    })
  for (const { title, run } of STORE_CASES)
    it(title, async () => {
      const other = await unchecked()
      const secret = tokenFor('write')
      try {
        await run(() => httpStore(new URL(other.url), other.url, secret))
      } finally {
        await other.stop()
      }
    })

  it('loses no cassette of 16 pushes to one ref at once', () => pushesAtOnce(() => open(tokenFor('write'))))

  it('lets a token do what its scope and its projects say, and no more', async () => {
    const object = Buffer.from(await packed(Buffer.from('x')))
    const key = blobKey('app', sha256(Buffer.from('x')))
    await using(tokenFor('write', ['app']), async (store) => void (await store.putIfAbsent(key, object)))
    await using(tokenFor('read', ['app']), async (store) => {
      assert.ok(await store.get(key))
      await assert.rejects(store.putIfAbsent(key, object), {
        problem: 'denied',
        message: /may not write the project app/,
      })
      await assert.rejects(store.delete(key), { problem: 'denied' })
      await assert.rejects(store.get(blobKey('other', sha256(Buffer.from('x')))), {
        problem: 'denied',
        message: /may not read the project other/,
      })
      await assert.rejects(
        async () => {
          for await (const _ of store.list('other/blobs/')) assert.fail('listed')
        },
        { problem: 'denied' },
      )
    })
  })

  it('knows no token that is wrong, expired or revoked, and says so', async () => {
    const good = tokenFor('write')
    const wrong = `${good.slice(0, -1)}${good.endsWith('A') ? 'B' : 'A'}`
    for (const token of [wrong, 'x', tokenFor('write', ['*'], '2020-01-01T00:00:00.000Z')])
      await using(token, (store) =>
        assert.rejects(store.get(refKey('app', 'x')), {
          problem: 'denied',
          message: /does not know this token/,
        }),
      )
    await using(undefined, (store) =>
      assert.rejects(store.get(refKey('app', 'x')), { problem: 'denied', message: /set CASSETTE_TOKEN/ }),
    )
    await using(good, async (store) => {
      assert.equal(await store.get(refKey('app', 'x')), undefined)
      revokeToken(folder, good.split('_')[1] ?? '')
      await assert.rejects(store.get(refKey('app', 'x')), { problem: 'denied' })
    })
  })

  it('refuses bytes that are not what their key says', async () =>
    using(tokenFor('write'), async (store) => {
      const key = blobKey('app', sha256(Buffer.from('this')))
      await assert.rejects(store.putIfAbsent(key, await packed(Buffer.from('that'))), {
        problem: 'corrupt',
        message: /holds other bytes/,
      })
      await assert.rejects(store.putIfAbsent(key, Buffer.from('half')), { problem: 'corrupt' })
      await assert.rejects(store.putIfAbsent(refKey('app', 'x'), Buffer.from('{}')), { problem: 'corrupt' })
      await assert.rejects(store.putIfAbsent(key, Buffer.alloc(9 * 1024 * 1024)), {
        problem: 'unsupported',
        message: /may have \d+ bytes/,
      })
      assert.equal(await store.get(key), undefined)
    }))

  it('keeps nothing of an upload that was cut off', async () => {
    const key = blobKey('app', sha256(Buffer.from('cut')))
    const half = request(`${server.url}/v1/objects/${key}`, {
      method: 'PUT',
      headers: {
        authorization: `Bearer ${tokenFor('write')}`,
        'if-none-match': '*',
        'content-length': '1000',
      },
    })
    half.on('error', () => {})
    const seen = lines.length
    half.write('x'.repeat(500), () => half.destroy())
    while (!lines.slice(seen).some((line) => line.includes('cutOff'))) await sleep(10)
    await using(tokenFor('read'), async (store) => assert.equal(await store.get(key), undefined))
  })

  it('shows projects and refs on a page, those of the token alone', async () => {
    const cassettes = join(temp.path, 'cassettes')
    writeCassettes(cassettes, { 'one.yaml': 'Paris' })
    await using(tokenFor('write'), async (store) => {
      await push(pushOptions({ store, project: 'shown' }, cassettes, { who: '<b>ada</b>' }))
      await push(pushOptions({ store, project: 'hidden' }, cassettes))
    })
    const basic = Buffer.from(`any:${tokenFor('read', ['shown'])}`).toString('base64')
    const page = await fetch(server.url, { headers: { authorization: `Basic ${basic}` } })
    const html = await page.text()
    assert.match(html, /<h2>shown<\/h2>[^]*<td>pr-1<\/td><td>1<\/td>/)
    assert.doesNotMatch(html, /hidden|<b>ada/)
    assert.match(page.headers.get('content-security-policy') ?? '', /default-src 'none'/)
    assert.equal((await fetch(server.url)).status, 401)
    assert.deepEqual(await (await fetch(`${server.url}/health`)).json(), { status: 'ok' })
  })

  it('writes a log of JSON lines, without a token or a query', async () => {
    const token = tokenFor('read')
    await using(token, async (store) => void (await store.get(refKey('app', 'logged'))))
    await fetch(`${server.url}/v1/list?prefix=app/&token=hunter2`)
    assert.ok(lines.length > 0)
    for (const line of lines) {
      JSON.parse(line)
      assert.doesNotMatch(line, /hunter2/)
      assert.ok(!line.includes(token.split('_')[2] ?? ''))
    }
    assert.ok(lines.some((line) => line.includes(`"token":"${token.split('_')[1]}"`)))
  })

  describe('and a server that misbehaves', () => {
    let bad: Server | undefined
    const answering = async (listener: RequestListener, silence = 30_000): Promise<Store> => {
      bad = createServer(listener).listen(0, '127.0.0.1')
      await once(bad, 'listening')
      const url = new URL(`http://127.0.0.1:${(bad.address() as AddressInfo).port}`)
      return httpStore(url, url.href, 'the-token', { silence, wait: 1 })
    }
    afterEach(() => {
      bad?.closeAllConnections()
      bad?.close()
    })
    const mark = { 'cassette-registry': '1' }

    it('is told apart from a registry, and gets no token by a redirect', async () => {
      let followed = 0
      const store = await answering((req, res) => {
        if (req.url === '/elsewhere') followed += 1
        res.writeHead(302, { location: '/elsewhere' }).end()
      })
      await assert.rejects(store.get(refKey('app', 'x')), {
        problem: 'unreachable',
        message: /no registry of cassette \(status 302\)\. It redirects/,
      })
      assert.equal(followed, 0)
      await store.close?.()
    })

    it('that answers half, or half a list, is not believed', async () => {
      const store = await answering((req, res) => {
        res.writeHead(200, {
          ...mark,
          etag: '"1"',
          ...(req.url?.startsWith('/v1/list') ? {} : { 'content-length': '100' }),
        })
        if (req.url?.startsWith('/v1/list')) res.end('{"key":"app/refs/r.x","modified":1}\n')
        else res.write('half', () => res.destroy())
      })
      await assert.rejects(store.get(refKey('app', 'x')), {
        problem: 'unreachable',
        message: /broke off.*4 times/,
      })
      await assert.rejects(
        async () => {
          for await (const _ of store.list('app/')) assert.ok(_)
        },
        { problem: 'unreachable', message: /half of a list/ },
      )
      await store.close?.()
    })

    it('that is slow, is given up', async () => {
      const store = await answering(() => {}, 50)
      await assert.rejects(store.get(refKey('app', 'x')), {
        problem: 'unreachable',
        message: /Headers Timeout/,
      })
      await store.close?.()
    })

    it('that is full, or busy for a while', async () => {
      let tries = 0
      const store = await answering((req, res) => {
        req.resume()
        tries += 1
        const isBusy = req.method === 'GET' && tries < 3
        res
          .writeHead(req.method === 'PUT' ? 507 : isBusy ? 503 : 404, mark)
          .end('{"error":"no space is left"}')
      })
      assert.equal(await store.get(refKey('app', 'x')), undefined)
      assert.equal(tries, 3)
      await assert.rejects(store.putIfAbsent(refKey('app', 'x'), Buffer.from('x')), {
        problem: 'full',
        message: /no space is left/,
      })
      await store.close?.()
    })

    it('whose answer was lost, has still made the change', async () => {
      let stored: Buffer | undefined
      const store = await answering((req, res) => {
        const chunks: Buffer[] = []
        req.on('data', (chunk: Buffer) => chunks.push(chunk))
        req.on('end', () => {
          if (req.method === 'GET') res.writeHead(200, { ...mark, etag: '"2"' }).end(stored)
          else if (stored) res.writeHead(412, mark).end()
          else {
            stored = Buffer.concat(chunks)
            res.destroy()
          }
        })
      })
      assert.equal(await store.compareAndSet(refKey('app', 'x'), Buffer.from('mine'), '1'), true)
      assert.equal(await store.compareAndSet(refKey('app', 'x'), Buffer.from('other'), '1'), false)
      await store.close?.()
    })

    it('that is not there', async () => {
      const store = await httpStore(new URL('http://127.0.0.1:9'), 'http://127.0.0.1:9', undefined, {
        silence: 30_000,
        wait: 1,
      })
      await assert.rejects(store.get(refKey('app', 'x')), {
        problem: 'unreachable',
        message: /could not be reached/,
      })
      await store.close?.()
    })
  })
})
