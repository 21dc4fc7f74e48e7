import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { Worker } from 'node:worker_threads'

import { loadCassette } from '../../../src/storage/file.ts'
import { openJournal } from '../../../src/storage/journal.ts'
import { thisRun } from '../../../src/storage/lock/identity.ts'
import { sampleFile, sampleText } from '../../cassette/samples.ts'
import { killHard, startChild, useFolder } from '../helpers.ts'

/** Runs a command as process 1 of a pid namespace of its own, as a container does. */
const CONTAINER = ['unshare', '--fork', '--kill-child', '--pid', '--mount-proc']
const [unshare = '', ...options] = CONTAINER
const hasNamespaces = spawnSync(unshare, [...options, 'true']).status === 0
const me = () => thisRun(new Date().toISOString())

describe('the lock on a cassette of a process', () => {
  const at = useFolder()
  const journal = (): string => at('x.yaml.recording')
  const owned = (change: (words: Record<string, unknown>) => Record<string, unknown>): void => {
    const run = openJournal(at('x.yaml'), me())
    run.append(sampleText('one'))
    const bytes = readFileSync(journal(), 'latin1')
    run.discard()
    const words = change(JSON.parse(bytes.slice(1, 400)) as Record<string, unknown>)
    writeFileSync(journal(), `${`# ${JSON.stringify(words)}`.padEnd(399)}\n${bytes.slice(400)}`, 'latin1')
  }

  before(function () {
    if (me().kernel?.start === undefined) this.skip()
  })

  it('is free if another process has its pid now', () => {
    owned((words) => ({ ...words, pid: process.ppid, tid: process.ppid, start: '1' }))
    const next = openJournal(at('x.yaml'), me())
    assert.equal(next.recovered.length, 1)
    next.discard()
  })

  it('holds if it runs, and is free as soon as a worker has been terminated', async () => {
    const code = `const { parentPort } = require('node:worker_threads')
      import(${JSON.stringify(import.meta.resolve('../../../src/storage/journal.ts'))}).then(async ({ openJournal }) => {
        const { thisRun } = await import(${JSON.stringify(import.meta.resolve('../../../src/storage/lock/identity.ts'))})
        openJournal(${JSON.stringify(at('x.yaml'))}, thisRun(new Date().toISOString())).append(${JSON.stringify(sampleText('w'))})
        parentPort.postMessage('open')
        setInterval(() => {}, 1000)
      })`
    const worker = new Worker(code, { eval: true })
    await once(worker, 'message')
    assert.throws(() => openJournal(at('x.yaml'), me()), {
      code: 'CASSETTE_LOCKED',
      message: /thread \d+ of this process/,
    })
    await worker.terminate()
    const next = openJournal(at('x.yaml'), me())
    assert.equal(next.recovered.length, 1)
    next.discard()
  })

  describe('of another pid namespace', () => {
    before(function () {
      if (!hasNamespaces) this.skip()
    })

    it('holds while it lives, also if the pid and the host are the same', async function () {
      this.timeout(30_000)
      const first = startChild(['record', at('x.yaml'), '1'], CONTAINER)
      await first.line('done')
      // Both are process 1, or near, of a namespace of their own.
      const second = startChild(['tryOpen', at('x.yaml')], CONTAINER)
      const [said = ''] = await second.lines
      assert.match(said, /^CASSETTE_LOCKED .*of another container or pid namespace/)
      assert.throws(() => openJournal(at('x.yaml'), { ...me(), host: 'test-host' }), {
        code: 'CASSETTE_LOCKED',
      })
      await killHard(first)
    })

    it('holds for as long as it says that it lives, and is free 10 seconds after it was killed', async function () {
      this.timeout(60_000)
      const child = startChild(['record', at('x.yaml'), '1'], CONTAINER)
      await child.line('done')
      await new Promise((resolve) => {
        setTimeout(resolve, 11_000)
      })
      assert.throws(() => openJournal(at('x.yaml'), me()), { code: 'CASSETTE_LOCKED' })
      await killHard(child)
      assert.throws(() => openJournal(at('x.yaml'), me()), { code: 'CASSETTE_LOCKED' })
      await new Promise((resolve) => {
        setTimeout(resolve, 10_500)
      })
      const next = openJournal(at('x.yaml'), me())
      assert.equal(next.recovered.length, 1)
      next.discard()
    })
  })
})

describe('a commit whose journal is gone', () => {
  const at = useFolder()

  it('does not overwrite what another run has committed since', () => {
    const first = openJournal(at('x.yaml'), me())
    first.append(sampleText('one'))
    rmSync(at('x.yaml.recording'))
    const second = openJournal(at('x.yaml'), me())
    second.commit([sampleFile('two')])
    assert.throws(() => first.commit([sampleFile('one')]), {
      code: 'CASSETTE_WRITE',
      message: /was deleted, and another run has changed the cassette/,
    })
    assert.equal(readFileSync(at('x.yaml'), 'utf8'), sampleFile('two'))
  })
})

const PROCESSES = Number(process.env['LOCK_PROCESSES'] ?? 4)
const EXCHANGES = Number(process.env['LOCK_EXCHANGES'] ?? 5)

describe(`${PROCESSES} processes that each record ${EXCHANGES} exchanges into one cassette`, () => {
  const at = useFolder()

  for (const [name, prefix] of [
    ['in one namespace', []],
    ['each second one in a namespace of its own', CONTAINER],
  ] as const)
    it(`lose none, ${name}`, async function () {
      if (prefix.length > 0 && !hasNamespaces) this.skip()
      this.timeout(0)
      const children = Array.from({ length: PROCESSES }, (_, index) =>
        startChild(['share', at('x.yaml'), String(EXCHANGES), `p${index}`], index % 2 === 0 ? prefix : []),
      )
      const ends = await Promise.all(children.map(async (child) => (await child.lines).at(-1)))
      assert.deepEqual(new Set(ends), new Set(['shared']))
      const texts = (loadCassette(at('x.yaml'))?.entries ?? []).map((entry) => JSON.stringify(entry.read()))
      for (let index = 0; index < PROCESSES; index++)
        for (let number = 0; number < EXCHANGES; number++)
          assert.ok(
            texts.some((text) => text.includes(`"p${index} exchange ${number}"`)),
            `p${index} ${number}`,
          )
      assert.equal(texts.length, PROCESSES * EXCHANGES)
    })
})
