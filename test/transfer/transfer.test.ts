import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { packed } from '../../src/registry/blob.ts'
import { blobsOf } from '../../src/registry/compare.ts'
import { blobKey, blobPrefix, manifestKey, metaKey, refKey } from '../../src/registry/names.ts'
import type { Store } from '../../src/registry/store.ts'
import { folderStore } from '../../src/stores/folder.ts'
import { Cache } from '../../src/transfer/cache.ts'
import { collect, removeRef } from '../../src/transfer/collect.ts'
import { historyOf } from '../../src/transfer/history.ts'
import { neededHead, type Place, refsOf } from '../../src/transfer/place.ts'
import { checkSource } from '../../src/transfer/project-record.ts'
import { promote } from '../../src/transfer/promote.ts'
import { pull, type PullOptions } from '../../src/transfer/pull.ts'
import { push } from '../../src/transfer/push.ts'
import { thisRun } from '../../src/storage/lock/identity.ts'
import { pushOptions, writeCassettes } from '../helpers/store-suite.ts'
import { tempFolder } from '../helpers/temp-folder.ts'

const WHO = { who: 'tester', now: () => '2026-11-28T00:00:00.000Z' }

describe('push, pull, promote and gc', () => {
  let temp: ReturnType<typeof tempFolder>
  let store: Store
  let place: Place
  let puts: string[]
  const at = (name: string): string => join(temp.path, name)

  beforeEach(() => {
    temp = tempFolder()
    puts = []
    const folder = folderStore(at('registry'))
    store = {
      ...folder,
      putIfAbsent: (key, bytes) => {
        puts.push(key)
        return folder.putIfAbsent(key, bytes)
      },
    }
    place = { store, project: 'app' }
  })
  afterEach(() => temp.remove())

  const pulled = async (folder: string, ref = 'pr-1', more: Partial<PullOptions> = {}) =>
    pull({
      place,
      manifest: (await neededHead(place, ref)).manifest,
      folder: at(folder),
      cache: new Cache(at('cache')),
      force: false,
      run: thisRun('2026-11-28T00:00:00.000Z'),
      onPlan: () => {},
      onPiece: () => {},
      ...more,
    })
  const blobs = async (): Promise<string[]> => {
    const found: string[] = []
    for await (const { key } of store.list(blobPrefix('app'))) found.push(key)
    return found
  }

  it('gives the same bytes back, with large bodies beside the cassette', async () => {
    writeCassettes(at('a'), { 'one.yaml': 'Paris', 'deep/er/two.yml': 'Rome' })
    const body = Buffer.alloc(20 * 1024 * 1024, 'large body ')
    const sha256 = await import('../../src/registry/blob.ts').then((module) => module.sha256(body))
    mkdirSync(at('a/one.yaml.d'))
    writeFileSync(at(`a/one.yaml.d/${sha256}`), body)
    const inspect = ({ path }: { path: string }) => ({
      interactions: 1,
      keys: [],
      sidecars:
        path === 'one.yaml' ? [{ full: at(`a/one.yaml.d/${sha256}`), sha256, bytes: body.length }] : [],
    })
    await push(pushOptions(place, at('a'), { inspect }))
    const { written } = await pulled('b')
    assert.deepEqual(written, ['deep/er/two.yml', 'one.yaml'])
    for (const name of ['one.yaml', 'deep/er/two.yml'])
      assert.equal(readFileSync(at(`b/${name}`), 'utf8'), readFileSync(at(`a/${name}`), 'utf8'))
    // No interaction of this cassette names the body, so it is swept, as after a recording.
    assert.equal((await neededHead(place, 'pr-1')).manifest.files['one.yaml']?.sidecars?.[0]?.blobs.length, 3)
    assert.deepEqual((await pulled('b')).written, ['one.yaml'])
  })

  it('sends only what is missing, and nothing for an unchanged folder', async () => {
    writeCassettes(at('a'), { 'one.yaml': 'Paris', 'two.yaml': 'Rome' })
    await push(pushOptions(place, at('a')))
    puts = []
    const again = await push(
      pushOptions(place, at('a'), { inspect: () => assert.fail('looked through again') }),
    )
    assert.equal(again?.unchanged, true)
    assert.equal(puts.length, 0)
    writeCassettes(at('a'), { 'two.yaml': 'Milan' })
    const changed = await push(pushOptions(place, at('a')))
    assert.deepEqual(changed?.changes, { added: [], changed: ['two.yaml'], removed: [] })
    assert.equal(puts.filter((key) => key.includes('/blobs/')).length, 1)
  })

  it('resumes a push that broke off', async () => {
    writeCassettes(
      at('a'),
      Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`${i}.yaml`, `answer ${i}`])),
    )
    let left = 10
    const broken: Store = {
      ...store,
      putIfAbsent: (key, bytes) =>
        left-- > 0 ? store.putIfAbsent(key, bytes) : Promise.reject(new Error('cut off')),
    }
    await assert.rejects(push(pushOptions({ store: broken, project: 'app' }, at('a'))), /cut off/)
    assert.deepEqual(await refsOf(place), [])
    let sent = 0
    await push(pushOptions(place, at('a'), { onPiece: (_bytes, isSent) => void (isSent && (sent += 1)) }))
    assert.equal(sent, 10)
    assert.equal((await pulled('b')).written.length, 20)
  })

  it('adds and updates, and makes the ref exactly the folder if asked to', async () => {
    writeCassettes(at('a'), { 'one.yaml': 'Paris' })
    writeCassettes(at('b'), { 'two.yaml': 'Rome' })
    await push(pushOptions(place, at('a')))
    await push(pushOptions(place, at('b')))
    assert.deepEqual(Object.keys((await neededHead(place, 'pr-1')).manifest.files), ['one.yaml', 'two.yaml'])
    const replaced = await push(pushOptions(place, at('b'), { replace: true }))
    assert.deepEqual(replaced?.changes.removed, ['one.yaml'])
  })

  it('promotes, keeps what was there in the log, and says which refs there are', async () => {
    writeCassettes(at('a'), { 'one.yaml': 'Paris' })
    await push(pushOptions(place, at('a')))
    await promote(place, await neededHead(place, 'pr-1'), 'blessed', WHO)
    writeCassettes(at('a'), { 'one.yaml': 'Lyon' })
    await push(pushOptions(place, at('a'), { ref: 'pr-2' }))
    await promote(place, await neededHead(place, 'pr-2'), 'blessed', WHO)
    const log = await historyOf(place, await neededHead(place, 'blessed'), 10)
    assert.deepEqual(
      log.map(({ by }) => by),
      ['promote pr-2', 'promote pr-1', 'push'],
    )
    assert.deepEqual(log[0]?.changes.changed, ['one.yaml'])
    await assert.rejects(neededHead(place, 'none'), {
      problem: 'missing',
      message: /It has blessed, pr-1, pr-2\./,
    })
  })

  it('replaces a pulled file that the ref changed since, and no file that was changed here', async () => {
    writeCassettes(at('a'), { 'one.yaml': 'Paris', 'two.yaml': 'Rome' })
    await push(pushOptions(place, at('a')))
    await pulled('b')
    writeCassettes(at('a'), { 'one.yaml': 'Lyon' })
    await push(pushOptions(place, at('a')))
    assert.deepEqual((await pulled('b')).written, ['one.yaml'])
    const mine = `${readFileSync(at('b/two.yaml'), 'utf8')}# mine\n`
    writeFileSync(at('b/two.yaml'), mine)
    rmSync(at('b/one.yaml'))
    assert.deepEqual(await pulled('b'), { written: [], same: 0, changedHere: ['two.yaml'] })
    assert.equal(existsSync(at('b/one.yaml')), false)
    assert.deepEqual((await pulled('b', 'pr-1', { force: true })).written, ['one.yaml', 'two.yaml'])
  })

  it('refuses an object that lies about its hash, writes nothing, and is mended by --resend', async () => {
    writeCassettes(at('a'), { 'one.yaml': 'Paris', 'two.yaml': 'Rome' })
    await push(pushOptions(place, at('a')))
    const { files } = (await neededHead(place, 'pr-1')).manifest
    const key = blobKey('app', files['one.yaml']?.blobs[0] ?? '')
    await store.delete(key)
    await store.putIfAbsent(key, await packed(Buffer.from('version: 1\ninteractions: []\n')))
    await assert.rejects(pulled('b'), { problem: 'corrupt', message: /holds other bytes.*--resend/s })
    assert.equal(existsSync(at('b')), false)
    await store.delete(key)
    await assert.rejects(pulled('b'), { problem: 'missing', message: /has lost the object/ })
    await store.putIfAbsent(key, Buffer.from('half'))
    await assert.rejects(pulled('b'), { problem: 'corrupt', message: /cannot be decompressed/ })
    await push(pushOptions(place, at('a'), { resend: true }))
    assert.equal((await pulled('b')).written.length, 2)
  })

  it('refuses a manifest of a newer version, and one that leaves its folder', async () => {
    const put = async (manifest: object): Promise<void> => {
      const { sha256 } = await import('../../src/registry/blob.ts')
      const bytes = Buffer.from(JSON.stringify(manifest))
      await store.putIfAbsent(manifestKey('app', sha256(bytes)), await packed(bytes))
      const ref = Buffer.from(JSON.stringify({ version: 1, manifest: sha256(bytes) }))
      const found = await store.get(refKey('app', 'bad'))
      await (found
        ? store.compareAndSet(refKey('app', 'bad'), ref, found.version)
        : store.putIfAbsent(refKey('app', 'bad'), ref))
    }
    await put({ version: 2, files: [] })
    await assert.rejects(pulled('b', 'bad'), {
      problem: 'newer',
      message: /has version 2.*Install a newer cassette/s,
    })
    const file = { sha256: 'a'.repeat(64), bytes: 1, blobs: ['a'.repeat(64)], interactions: 0, keys: [] }
    for (const path of [
      '../x.yaml',
      '/x.yaml',
      'a/../../x.yaml',
      'C:/x.yaml',
      'a\\x.yaml',
      'con.yaml',
      '.git/x.yaml',
    ]) {
      await put({ version: 1, files: { [path]: file } })
      await assert.rejects(pulled('b', 'bad'), { problem: 'name' }, path)
    }
    await put({ version: 1, files: { 'A.yaml': file, 'a.yaml': file } })
    await assert.rejects(pulled('b', 'bad'), { problem: 'name', message: /upper and lower case/ })
    assert.equal(existsSync(at('b')), false)
  })

  it('follows no link, in either direction', async () => {
    writeCassettes(at('outside'), { 'secret.yaml': 'x' })
    writeCassettes(at('a'), { 'sub/one.yaml': 'Paris' })
    await push(pushOptions(place, at('a')))
    mkdirSync(at('b'))
    symlinkSync(at('outside'), at('b/sub'))
    await assert.rejects(pulled('b'), { problem: 'name', message: /is a link/ })
    assert.deepEqual(readdirSync(at('outside')), ['secret.yaml'])
    symlinkSync(at('outside/secret.yaml'), at('a/linked.yaml'))
    await assert.rejects(push(pushOptions(place, at('a'))), {
      problem: 'name',
      message: /leads out of the folder/,
    })
  })

  it('sends nothing if one cassette has a secret, or changes while it is pushed', async () => {
    writeCassettes(at('a'), { 'one.yaml': 'Paris', 'two.yaml': 'Rome' })
    const inspect = ({ path }: { path: string }) =>
      path === 'two.yaml' ? undefined : { interactions: 1, keys: [], sidecars: [] }
    assert.equal(await push(pushOptions(place, at('a'), { inspect })), undefined)
    assert.deepEqual(puts, [])
    const onPlan = (): boolean => {
      writeFileSync(at('a/one.yaml'), 'interactions: [] # sk-not-looked-through')
      return true
    }
    await assert.rejects(push(pushOptions(place, at('a'), { onPlan })), {
      problem: 'conflict',
      message: /changed while/,
    })
    assert.deepEqual(await refsOf(place), [])
  })

  it('collects in two steps what no ref has, and a push between them loses nothing', async () => {
    writeCassettes(at('a'), { 'one.yaml': 'Paris' })
    writeCassettes(at('b'), { 'two.yaml': 'Rome' })
    await push(pushOptions(place, at('a')))
    await push(pushOptions(place, at('b'), { ref: 'pr-2' }))
    await removeRef(place, 'pr-2')
    const options = { grace: 0, keep: 20, isDry: false }
    assert.deepEqual(
      (await collect(place, { ...options, grace: 3_600_000 })).condemned,
      0,
      'all of it is young',
    )
    const first = await collect(place, options)
    assert.deepEqual([first.removed, first.condemned], [[], 2])
    // Pushed again before the second step: a further copy is made.
    await push(pushOptions(place, at('b'), { ref: 'pr-3' }))
    const second = await collect(place, options)
    assert.equal(second.removed.length, 2)
    rmSync(at('cache'), { recursive: true, force: true })
    assert.deepEqual((await pulled('c', 'pr-3')).written, ['two.yaml'])
    assert.deepEqual((await pulled('d')).written, ['one.yaml'])
    const needed = new Set(
      (await Promise.all(['pr-1', 'pr-3'].map((ref) => neededHead(place, ref))))
        .flatMap(({ manifest }) => blobsOf(manifest.files))
        .map((blob) => blobKey('app', blob)),
    )
    assert.deepEqual(new Set(await blobs()), needed)
    assert.ok([...needed].some((key) => key.endsWith('.1')))
  })

  it('measures the grace by the clock of the store', async () => {
    writeCassettes(at('a'), { 'one.yaml': 'Paris' })
    await push(pushOptions(place, at('a')))
    await removeRef(place, 'pr-1')
    // A store whose clock is ten days behind: its objects look old to this machine.
    const days = 10 * 86_400_000
    const behind: Store = {
      ...store,
      async *list(prefix) {
        for await (const one of store.list(prefix)) yield { ...one, modified: one.modified - days }
      },
    }
    const found = await collect(
      { store: behind, project: 'app' },
      { grace: 3_600_000, keep: 20, isDry: false },
    )
    assert.deepEqual([found.removed, found.condemned], [[], 0])
    assert.ok(await store.get(metaKey('app', 'clock')))
  })

  it('tells two projects of one name apart', async () => {
    await checkSource(place, 'example.com/a/app', false)
    await checkSource(place, 'example.com/a/app', false)
    await checkSource(place, undefined, false)
    const other = checkSource(place, 'example.com/b/app', false)
    await assert.rejects(other, {
      problem: 'conflict',
      message: /belongs to example\.com\/a\/app, and this is example\.com\/b\/app/,
    })
    await checkSource(place, 'example.com/b/app', true)
    await checkSource(place, 'example.com/b/app', false)
  })

  it('keeps the cache below its limit, and takes nothing damaged from it', async () => {
    const cache = new Cache(at('cache'))
    const { sha256 } = await import('../../src/registry/blob.ts')
    const piece = Buffer.from('a piece')
    cache.write(sha256(piece), piece)
    assert.deepEqual(cache.read(sha256(piece)), piece)
    const file = at(`cache/pieces/${sha256(piece).slice(0, 2)}/${sha256(piece)}`)
    writeFileSync(file, 'damaged')
    assert.equal(cache.read(sha256(piece)), undefined)
    assert.equal(cache.has(sha256(piece)), false)
  })
})
