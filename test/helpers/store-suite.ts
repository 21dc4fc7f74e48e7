import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import type { Store } from '../../src/registry/store.ts'
import { STORE_CASES } from '../../src/store-conformance.ts'
import { neededHead, type Place } from '../../src/transfer/place.ts'
import { push, type PushOptions, type Pushed } from '../../src/transfer/push.ts'
import { chatCassette } from './cassette-texts.ts'
import { tempFolder } from './temp-folder.ts'

/** Options of a push in a test: nothing is a secret. */
export const pushOptions = (place: Place, folder: string, more: Partial<PushOptions> = {}): PushOptions => ({
  place,
  folder,
  ref: 'pr-1',
  replace: false,
  resend: false,
  base: 'blessed',
  who: 'tester',
  now: () => '2026-11-28T00:00:00.000Z',
  inspect: () => ({ interactions: 1, keys: [], sidecars: [] }),
  onPlan: () => true,
  onPiece: () => {},
  ...more,
})

/** Writes cassettes into a folder: paths and answers. */
export function writeCassettes(folder: string, answers: Readonly<Record<string, string>>): void {
  for (const [path, answer] of Object.entries(answers)) {
    mkdirSync(join(folder, path, '..'), { recursive: true })
    writeFileSync(join(folder, path), chatCassette([{ question: `What is ${path}?`, answer }]))
  }
}

/** What every engine must do: the exported cases, and pushes to one ref at once. */
export function storeSuite(open: () => Store | Promise<Store>, pushers = 16): void {
  for (const { title, run } of STORE_CASES) it(title, () => run(open))
  it(`loses no cassette of ${pushers} pushes to one ref at once`, () => pushesAtOnce(open, pushers))
}

/** Pushes folders to one ref at once, each with connections of its own. Fails if something is lost. */
export async function pushesAtOnce(open: () => Store | Promise<Store>, pushers = 16): Promise<void> {
  const folder = tempFolder()
  const opened: Store[] = []
  const project = `shards${Math.random().toString(36).slice(2)}`
  try {
    const shards = Array.from({ length: pushers }, (_, at) => join(folder.path, `shard-${at}`))
    for (const [at, shard] of shards.entries())
      writeCassettes(shard, { [`test/${at}.yaml`]: `answer ${at}`, 'shared.yaml': 'the same for all' })
    const pushed = await Promise.all(
      shards.map(async (shard): Promise<Pushed | undefined> => {
        const store = await open()
        opened.push(store)
        return push(pushOptions({ store, project }, shard))
      }),
    )
    const store = await open()
    opened.push(store)
    const { manifest } = await neededHead({ store, project }, 'pr-1')
    const expected = ['shared.yaml', ...shards.map((_, at) => `test/${at}.yaml`)]
    assert.deepEqual(Object.keys(manifest.files).toSorted(), expected.toSorted())
    assert.equal(pushed.filter((one) => one?.unchanged === false).length, pushers)
  } finally {
    for (const store of opened) await store.close?.()
    folder.remove()
  }
}
