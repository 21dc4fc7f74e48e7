import assert from 'node:assert/strict'

import S3rver from 's3rver'

import { readAddress } from '../../src/registry/address.ts'
import { blobKey, blobPrefix, refKey } from '../../src/registry/names.ts'
import type { Store } from '../../src/registry/store.ts'
import { openStore } from '../../src/stores/open-store.ts'
import { KEY_ID, type S3Server, SECRET, startS3 } from '../helpers/s3-server.ts'
import { storeSuite } from '../helpers/store-suite.ts'
import { tempFolder } from '../helpers/temp-folder.ts'

const ENV = { AWS_ACCESS_KEY_ID: KEY_ID, AWS_SECRET_ACCESS_KEY: SECRET, AWS_REGION: 'eu-central-1' }
const open = (
  url: string,
  env: Readonly<Record<string, string>> = ENV,
  bucket = 'tapes/some/prefix',
): Promise<Store> => openStore(readAddress(`s3://${bucket}?endpoint=${url}`), { token: undefined, env })

describe('a registry in S3', () => {
  let server: S3Server
  before(async () => void (server = await startS3({ page: 7 })))
  after(() => server.stop())

  storeSuite(() => open(server.url))

  it('reads every page of a list', async () => {
    const store = await open(server.url)
    for (let at = 0; at < 20; at += 1) await store.putIfAbsent(blobKey('paged', `aa${at}`), Buffer.from('x'))
    let count = 0
    for await (const { modified } of store.list(blobPrefix('paged'))) {
      assert.ok(modified > 0)
      count += 1
    }
    assert.equal(count, 20)
    await store.close?.()
  })

  it('says what is wrong with the credentials, the bucket and the clock', async () => {
    const wrong = [
      [
        open(server.url, { ...ENV, AWS_SECRET_ACCESS_KEY: 'wrong' }),
        'denied',
        /SignatureDoesNotMatch.*AWS_SECRET_ACCESS_KEY is wrong/,
      ],
      [open(server.url, { ...ENV, AWS_ACCESS_KEY_ID: 'wrong' }), 'denied', /AWS_ACCESS_KEY_ID is wrong/],
      [open(server.url, ENV, 'other'), 'missing', /Make the bucket/],
    ] as const
    for (const [opening, problem, message] of wrong) {
      const store = await opening
      await assert.rejects(store.get(refKey('app', 'x')), { problem, message })
      await store.close?.()
    }
    await assert.rejects(open(server.url, {}), { problem: 'denied', message: /needs AWS_ACCESS_KEY_ID/ })
    const skewed = await startS3({
      instead: (_request, response) => {
        response.writeHead(403).end('<Error><Code>RequestTimeTooSkewed</Code></Error>')
        return true
      },
    })
    const store = await open(skewed.url)
    await assert.rejects(store.get(refKey('app', 'x')), {
      problem: 'denied',
      message: /clock of this machine is off/,
    })
    await store.close?.()
    await skewed.stop()
  })

  it('refuses s3rver by name, which ignores conditions, before anything is pushed', async () => {
    const folder = tempFolder()
    const other = new S3rver({
      port: 0,
      address: '127.0.0.1',
      silent: true,
      directory: folder.path,
      configureBuckets: [{ name: 'tapes', configs: [] }],
    })
    const { port } = await other.run()
    try {
      const store = await open(`http://127.0.0.1:${port}`, {
        ...ENV,
        AWS_ACCESS_KEY_ID: 'S3RVER',
        AWS_SECRET_ACCESS_KEY: 'S3RVER',
      })
      await assert.rejects(store.putIfAbsent(refKey('app', 'x'), Buffer.from('x')), {
        problem: 'unsupported',
        message: /ignores If-None-Match and If-Match/,
      })
      assert.equal(await store.get(refKey('app', 'x')), undefined)
      await store.close?.()
    } finally {
      await other.close()
      folder.remove()
    }
  })
})
