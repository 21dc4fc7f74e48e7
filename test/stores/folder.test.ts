import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { refKey } from '../../src/registry/names.ts'
import { folderStore } from '../../src/stores/folder.ts'
import { storeSuite } from '../helpers/store-suite.ts'
import { tempFolder } from '../helpers/temp-folder.ts'

describe('a registry in a folder', () => {
  let folder: ReturnType<typeof tempFolder>
  before(() => (folder = tempFolder()))
  after(() => folder.remove())

  storeSuite(() => folderStore(join(folder.path, 'registry')))

  it('keeps few former contents of a ref', async () => {
    const root = join(folder.path, 'few')
    const store = folderStore(root)
    const key = refKey('app', 'main')
    await store.putIfAbsent(key, Buffer.from('0'))
    for (let at = 1; at <= 40; at += 1) {
      const { version = '' } = (await store.get(key)) ?? {}
      assert.equal(await store.compareAndSet(key, Buffer.from(String(at)), version), true)
    }
    assert.equal(Buffer.from((await store.get(key))?.bytes ?? []).toString(), '40')
    assert.equal(readdirSync(join(root, 'app/refs')).length, 16)
    assert.deepEqual(readdirSync(join(root, '.new')), [])
  })

  it('does not show what a writer that was killed had begun', async () => {
    const root = join(folder.path, 'killed')
    mkdirSync(join(root, '.new'), { recursive: true })
    writeFileSync(join(root, '.new', 'half'), 'ha')
    const found: string[] = []
    for await (const { key } of folderStore(root).list('app/')) found.push(key)
    assert.deepEqual(found, [])
  })

  it('says that a file stands in the place of the folder', async () => {
    const root = join(folder.path, 'file')
    writeFileSync(root, '')
    const put = folderStore(root).putIfAbsent(refKey('app', 'main'), Buffer.from('x'))
    await assert.rejects(put, { code: 'CASSETTE_REGISTRY', message: /should be a folder is a file|EEXIST/ })
  })
})
