import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import { readAddress } from '../../src/registry/address.ts'
import { refKey } from '../../src/registry/names.ts'
import type { Store } from '../../src/registry/store.ts'
import { openStore } from '../../src/stores/open-store.ts'
import { pushOptions, storeSuite, writeCassettes } from '../helpers/store-suite.ts'
import { tempFolder } from '../helpers/temp-folder.ts'
import { push } from '../../src/transfer/push.ts'

describe('a registry in a git repository', function () {
  // 16 writers start a thousand processes of git.
  this.timeout(600_000)
  let folder: ReturnType<typeof tempFolder>
  let url: string
  before(() => {
    folder = tempFolder()
    const bare = join(folder.path, 'assets.git')
    execFileSync('git', ['init', '--quiet', '--bare', bare])
    execFileSync('git', ['-C', bare, 'config', 'uploadpack.allowFilter', 'true'])
    execFileSync('git', ['-C', bare, 'config', 'uploadpack.allowAnySHA1InWant', 'true'])
    url = `git+${pathToFileURL(bare).href}`
  })
  after(() => folder.remove())
  const open = (address = url): Promise<Store> =>
    openStore(readAddress(address), { token: undefined, env: process.env })

  // Each try of each push starts some processes of git: 16 of them would take minutes.
  storeSuite(() => open(), 4)

  it('makes one commit of a push, and fetches only what is read', async () => {
    const cassettes = join(folder.path, 'cassettes')
    writeCassettes(
      cassettes,
      Object.fromEntries(Array.from({ length: 10 }, (_, at) => [`${at}.yaml`, `answer ${at}`])),
    )
    const store = await open(`${url}?branch=one`)
    await push(pushOptions({ store, project: 'app' }, cassettes))
    await store.close?.()
    const bare = join(folder.path, 'assets.git')
    const count = execFileSync('git', ['-C', bare, 'rev-list', '--count', 'one'], { encoding: 'utf8' })
    assert.equal(count.trim(), '1')
    const before = new Set(readdirSync(tmpdir()))
    const reader = await open(`${url}?branch=one`)
    const clone =
      readdirSync(tmpdir()).find((name) => name.startsWith('cassette-git-') && !before.has(name)) ??
      assert.fail()
    assert.ok(await reader.get(refKey('app', 'pr-1')))
    const kinds = execFileSync(
      'git',
      ['-C', join(tmpdir(), clone), 'cat-file', '--batch-all-objects', '--batch-check=%(objecttype)'],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
    )
    assert.equal(kinds.split('\n').filter((kind) => kind === 'blob').length, 1)
    await reader.close?.()
    assert.ok(!existsSync(join(tmpdir(), clone)))
  })

  it('says that there is no repository', () =>
    assert.rejects(open(`${url}-none`), {
      problem: 'unreachable',
      message: /does not appear to be a git repository|does not exist/,
    }))
})
