/**
 * What a store must do that a registry is kept in: one case each. Give them to any test runner.
 * @example
 * for (const { title, run } of STORE_CASES) it(title, () => run(() => myStore()))
 */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'

import type { Store } from './registry/store.ts'

export type { Listed, Store, Stored } from './registry/store.ts'

export interface StoreCase {
  readonly title: string
  /**
   * @param open opens the same store, each time with connections of its own
   * @throws {AssertionError} if the store does something else
   */
  run(open: () => Store | Promise<Store>): Promise<void>
}

const WRITERS = 16

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
const textOf = (bytes: Uint8Array | undefined): string | undefined => bytes && new TextDecoder().decode(bytes)

/** Keys of a project that no other case uses. */
function keys(): { readonly blob: (digest: string) => string; readonly ref: (name: string) => string } {
  const project = `p${randomUUID()}`
  return {
    blob: (digest) => `${project}/blobs/${digest.slice(0, 2)}/${digest}`,
    ref: (name) => `${project}/refs/r.${name}`,
  }
}

async function listed(store: Store, prefix: string): Promise<string[]> {
  const found: string[] = []
  for await (const { key, modified } of store.list(prefix)) {
    assert.equal(typeof modified, 'number')
    found.push(key)
  }
  return found.toSorted()
}

/** Opens stores, and lets them go after the task. */
const using =
  (task: (open: () => Promise<Store>) => Promise<void>): StoreCase['run'] =>
  async (open) => {
    const opened: Store[] = []
    try {
      await task(async () => {
        const store = await open()
        opened.push(store)
        return store
      })
    } finally {
      for (const store of opened) await store.close?.()
    }
  }

const single = (task: (store: Store) => Promise<void>): StoreCase['run'] =>
  using(async (open) => task(await open()))

/** Every case that a store must pass. */
export const STORE_CASES: readonly StoreCase[] = [
  {
    title: 'has nothing at a key where nothing was put',
    run: single(async (store) => {
      const { blob, ref } = keys()
      assert.equal(await store.get(blob('ab12')), undefined)
      assert.equal(await store.get(ref('main')), undefined)
      assert.equal(await store.delete(blob('ab12')), false)
      assert.deepEqual(await listed(store, blob('ab12')), [])
    }),
  },
  {
    title: 'gives the bytes back that were put, whatever they are',
    run: single(async (store) => {
      const { blob } = keys()
      const every = Uint8Array.from({ length: 70_000 }, (_, at) => (at * 7) % 256)
      assert.equal(await store.putIfAbsent(blob('ab12'), every), true)
      assert.deepEqual(Buffer.from((await store.get(blob('ab12')))?.bytes ?? []), Buffer.from(every))
    }),
  },
  {
    title: 'keeps what is there when the same key is put again',
    run: single(async (store) => {
      const { blob, ref } = keys()
      for (const key of [blob('ab12'), ref('main')]) {
        assert.equal(await store.putIfAbsent(key, bytesOf('first')), true)
        assert.equal(await store.putIfAbsent(key, bytesOf('second')), false)
        assert.equal(textOf((await store.get(key))?.bytes), 'first')
      }
    }),
  },
  {
    title: 'replaces an object only if it has the version that was read',
    run: single(async (store) => {
      const key = keys().ref('main')
      assert.equal(await store.compareAndSet(key, bytesOf('x'), '1'), false)
      assert.equal(await store.get(key), undefined)
      await store.putIfAbsent(key, bytesOf('first'))
      const first = await store.get(key)
      assert.ok(first)
      assert.equal(await store.compareAndSet(key, bytesOf('second'), first.version), true)
      assert.equal(await store.compareAndSet(key, bytesOf('third'), first.version), false)
      const second = await store.get(key)
      assert.equal(textOf(second?.bytes), 'second')
      assert.notEqual(second?.version, first.version)
    }),
  },
  {
    title: 'lists the keys of a prefix, and no others',
    run: single(async (store) => {
      const { blob, ref } = keys()
      const digests = Array.from(
        { length: 25 },
        (_, at) => `${at % 2 === 0 ? 'aa' : 'ab'}${String(at).padStart(4, '0')}`,
      )
      for (const digest of digests) await store.putIfAbsent(blob(digest), bytesOf(digest))
      for (const name of ['main', 'main.2', '~m~a~i~n']) await store.putIfAbsent(ref(name), bytesOf('x'))
      const prefix = blob('').replace(/\/+$/, '/')
      assert.deepEqual(await listed(store, prefix), digests.map(blob).toSorted())
      assert.deepEqual(
        await listed(store, `${prefix}aa/`),
        digests
          .filter((one) => one.startsWith('aa'))
          .map(blob)
          .toSorted(),
      )
      assert.deepEqual(await listed(store, blob('aa0002')), [blob('aa0002')])
      assert.deepEqual(await listed(store, ref('')), ['main', 'main.2', '~m~a~i~n'].map(ref).toSorted())
    }),
  },
  {
    title: 'removes an object, and a changing one only if it has the version that was read',
    run: single(async (store) => {
      const { blob, ref } = keys()
      // A reference first: a store may write blobs together with it.
      await store.putIfAbsent(blob('ab12'), bytesOf('x'))
      await store.putIfAbsent(ref('main'), bytesOf('first'))
      assert.equal(await store.delete(blob('ab12')), true)
      assert.equal(await store.get(blob('ab12')), undefined)
      const first = await store.get(ref('main'))
      assert.ok(first)
      await store.compareAndSet(ref('main'), bytesOf('second'), first.version)
      assert.equal(await store.delete(ref('main'), first.version), false)
      const second = await store.get(ref('main'))
      assert.equal(await store.delete(ref('main'), second?.version), true)
      assert.equal(await store.get(ref('main')), undefined)
      assert.deepEqual(await listed(store, ref('')), [])
      assert.equal(await store.compareAndSet(ref('main'), bytesOf('x'), second?.version ?? ''), false)
      assert.equal(await store.putIfAbsent(ref('main'), bytesOf('third')), true)
      assert.equal(textOf((await store.get(ref('main')))?.bytes), 'third')
    }),
  },
  {
    title: 'shows another reader everything that a ref names, once the ref is there',
    run: using(async (open) => {
      const { blob, ref } = keys()
      const [writer, reader] = [await open(), await open()]
      await writer.putIfAbsent(blob('ab12'), bytesOf('content'))
      await writer.putIfAbsent(ref('main'), bytesOf('ab12'))
      assert.equal(textOf((await reader.get(ref('main')))?.bytes), 'ab12')
      assert.equal(textOf((await reader.get(blob('ab12')))?.bytes), 'content')
    }),
  },
  {
    title: `lets one of ${WRITERS} make a key`,
    run: using(async (open) => {
      const key = keys().ref('main')
      const stores = await Promise.all(Array.from({ length: WRITERS }, open))
      const won = await Promise.all(stores.map((store, at) => store.putIfAbsent(key, bytesOf(String(at)))))
      assert.equal(won.filter(Boolean).length, 1)
      assert.equal(textOf((await stores[0]?.get(key))?.bytes), String(won.indexOf(true)))
    }),
  },
  {
    title: `loses no change of ${WRITERS} writers at once`,
    run: using(async (open) => {
      const key = keys().ref('main')
      const stores = await Promise.all(Array.from({ length: WRITERS }, open))
      await stores[0]?.putIfAbsent(key, bytesOf('0,'))
      await Promise.all(
        stores.map(async (store, at) => {
          for (;;) {
            const now = await store.get(key)
            assert.ok(now)
            if (await store.compareAndSet(key, bytesOf(`${textOf(now.bytes)}${at + 1},`), now.version)) return
          }
        }),
      )
      const all = textOf((await stores[0]?.get(key))?.bytes)
        ?.split(',')
        .filter(Boolean)
        .map(Number)
      assert.deepEqual(
        all?.toSorted((a, b) => a - b),
        Array.from({ length: WRITERS + 1 }, (_, at) => at),
      )
    }),
  },
  {
    title: 'refuses a key that could leave its place',
    run: single(async (store) => {
      for (const key of ['../x', '/etc/passwd', 'p/refs/../../x', 'p/refs/r.a\\b', 'p/refs/r.A', 'p', ''])
        await assert.rejects(async () => store.putIfAbsent(key, bytesOf('x')), key)
    }),
  },
]
