import assert from 'node:assert/strict'
import { readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { CassetteLockedError } from '../../../src/errors/cassette-locked-error.ts'
import { openJournal } from '../../../src/storage/journal.ts'
import type { RunIdentity } from '../../../src/storage/lock/identity.ts'
import { sampleInteraction, sampleText } from '../../cassette/samples.ts'
import { killHard, recorder, startChild, useFolder } from '../helpers.ts'

const DAY_MS = 24 * 60 * 60 * 1000

describe('the lock on a cassette', () => {
  const at = useFolder()

  const lockedBy = (changes: Partial<RunIdentity> = {}): CassetteLockedError => {
    let caught: unknown
    try {
      openJournal(at('x.yaml'), recorder(changes))
    } catch (error) {
      caught = error
    }
    assert.ok(caught instanceof CassetteLockedError, String(caught))
    const { code, message, path, lock } = caught
    assert.deepEqual([code, path, lock], ['CASSETTE_LOCKED', at('x.yaml'), at('x.yaml.recording')])
    for (const part of [at('x.yaml'), `delete ${at('x.yaml.recording')}`, String(caught.pid)])
      assert.ok(message.includes(part), message)
    return caught
  }

  /** Writes a journal as a run of another owner would have left it. */
  const leftBy = (changes: Partial<RunIdentity>): void => {
    const journal = openJournal(at('x.yaml'), recorder())
    journal.append(sampleText('left'))
    const bytes = readFileSync(at('x.yaml.recording'), 'latin1')
    journal.discard()
    const { pid, threadId, host, now } = recorder(changes)
    const words = {
      cassette_journal: 1,
      pid,
      thread: threadId,
      host,
      started: now,
      run: 'abcdef01',
      left: false,
    }
    writeFileSync(
      at('x.yaml.recording'),
      `${`# ${JSON.stringify(words)}`.padEnd(399)}\n${bytes.slice(400)}`,
      'latin1',
    )
  }

  const takenOver = (changes: Partial<RunIdentity> = {}): void => {
    const journal = openJournal(at('x.yaml'), recorder(changes))
    assert.deepEqual(
      journal.recovered.map((entry) => entry.read()),
      [sampleInteraction('left')],
    )
    journal.discard()
    assert.deepEqual(readdirSync(at()), [])
  }

  it('refuses a second run of the same thread', () => {
    const journal = openJournal(at('x.yaml'), recorder())
    assert.equal(lockedBy().pid, process.pid)
    journal.discard()
    openJournal(at('x.yaml'), recorder()).discard()
  })

  it('refuses another process and tells it the pid of the owner', async () => {
    const child = startChild(['record', at('x.yaml'), '1'])
    try {
      await child.line('done')
      const error = lockedBy()
      assert.equal(error.pid, child.process.pid)
      assert.match(error.message, new RegExp(`recorded by process ${error.pid}\\. `))
    } finally {
      await killHard(child)
    }
    openJournal(at('x.yaml'), recorder()).discard()
  })

  it('refuses another thread of the same process', () => {
    leftBy({ threadId: 3 })
    assert.match(lockedBy().message, /recorded by thread 3 of this process/)
  })

  it('is free if its process has ended', () => {
    leftBy({ pid: 2 ** 22 + 1 })
    takenOver()
  })

  it('is free if its process is a zombie', async function () {
    if (process.platform !== 'linux') this.skip()
    const child = startChild(['record', at('x.yaml'), '1'])
    await child.line('done')
    child.process.kill('SIGKILL')
    // Node collects its children only when its event loop runs.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300)
    assert.ok(process.kill(child.process.pid ?? 0, 0))
    openJournal(at('x.yaml'), recorder()).discard()
    await child.lines
  })

  it('is free if an earlier process had the pid and the thread of this one', () => {
    leftBy({})
    takenOver()
    leftBy({ threadId: 3, now: new Date(Date.now() - 7 * DAY_MS).toISOString() })
    takenOver()
  })

  it('is free if its pid is not valid', () => {
    for (const pid of [0, -1, 1.5]) {
      leftBy({ pid })
      takenOver()
    }
  })

  it('of another machine holds for a day after its last write', () => {
    leftBy({ host: 'elsewhere', pid: 77, now: new Date(Date.now() - 3 * DAY_MS).toISOString() })
    const error = lockedBy()
    assert.equal(error.pid, 77)
    assert.match(error.message, /process 77 on the machine elsewhere \(believed for a day/)
    const old = (Date.now() - 1.1 * DAY_MS) / 1000
    utimesSync(at('x.yaml.recording'), old, old)
    takenOver()
  })

  it('without an owner is taken over after a short wait', () => {
    writeFileSync(at('x.yaml.recording'), '')
    const start = Date.now()
    openJournal(at('x.yaml'), recorder()).discard()
    assert.ok(Date.now() - start > 1000)
    // Its process died while it wrote the first line.
    writeFileSync(at('x.yaml.recording'), '# {"cassette_journal":1,"pid":4')
    utimesSync(at('x.yaml.recording'), 1, 1)
    openJournal(at('x.yaml'), recorder()).discard()
    assert.deepEqual(readdirSync(at()), [])
  })

  it('is taken over even if an earlier attempt died during its takeover', () => {
    leftBy({ pid: 2 ** 22 + 1 })
    const words = {
      cassette_journal: 1,
      pid: 2 ** 22 + 2,
      thread: 0,
      host: 'test-host',
      started: new Date().toISOString(),
      run: '12345678',
      left: false,
    }
    writeFileSync(at('x.yaml.recording.abcdef01'), `${`# ${JSON.stringify(words)}`.padEnd(399)}\n`)
    takenOver()
  })

  it('goes to exactly one of several processes that start at the same time', async function () {
    this.timeout(60_000)
    for (const stale of [false, true, true, true]) {
      if (stale) leftBy({ pid: 2 ** 22 + 1 })
      const children = Array.from({ length: 4 }, () => startChild(['race', at('x.yaml')]))
      await Promise.all(children.map((child) => child.line('ready')))
      writeFileSync(at('x.yaml.go'), '')
      const said = await Promise.all(
        children.map((child) => Promise.race([child.line('won'), child.line('lost')])),
      )
      assert.deepEqual(
        said.filter((line) => line.startsWith('won')),
        [stale ? 'won 1' : 'won 0'],
        said.join('\n'),
      )
      for (const line of said) assert.match(line, /^won|^lost CASSETTE_LOCKED/)
      await Promise.all(children.map(killHard))
      openJournal(at('x.yaml'), recorder()).discard()
      rmSync(at('x.yaml.go'))
      assert.deepEqual(readdirSync(at()), [])
    }
  })
})
