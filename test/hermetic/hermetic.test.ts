import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'

import { fromRoot } from '../helpers/shared.ts'
import { tempFolder } from '../helpers/temp-folder.ts'
import type { Recorded } from './programs/record.ts'
import type { Replayed, Task } from './programs/replay.ts'
import { partOf, TRAVELLERS } from './traffic.ts'
import { faultsOf } from './verdict.ts'

/** The number of answered and of missed requests for each client. */
const MATCHED = 900
const MISSED = 100
/** Two processes, for the two cores of a CI machine. */
const PARTS = 2

const run = promisify(execFile)
const LIMITS = { timeout: 480_000, maxBuffer: 64 * 1024 * 1024 }

/** A command that runs its arguments without any network, not even loopback. @returns the reason if that is not possible */
function namespace(): { readonly command: readonly string[] } | { readonly missing: string } {
  for (const flags of ['-rn', '-n']) {
    const { error, status } = spawnSync('unshare', [flags, 'true'])
    if (!error && status === 0) return { command: ['unshare', flags] }
  }
  return { missing: 'unshare -n is not permitted here' }
}

function environment(task?: Task): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => name !== 'CI' && !name.startsWith('CASSETTE_') && !/proxy/i.test(name),
  )
  return { ...Object.fromEntries(kept), ...(task ? { TASK: JSON.stringify(task) } : {}) }
}

async function record(folder: string, part: number): Promise<Recorded> {
  const program = fromRoot('test/hermetic/programs/record.ts')
  const { stdout } = await run(process.execPath, [program, folder, String(part), String(PARTS)], {
    ...LIMITS,
    env: environment(),
  })
  return JSON.parse(stdout) as Recorded
}

async function replay(
  command: readonly string[],
  task: Task,
): Promise<{ results: Replayed[]; stderr: string }> {
  const program = fromRoot('test/hermetic/programs/replay.ts')
  const [first, ...rest] = [...command, process.execPath, program]
  const { stdout, stderr } = await run(first ?? '', rest, { ...LIMITS, env: environment(task) })
  return { results: JSON.parse(stdout) as Replayed[], stderr }
}

describe('a replay is hermetic', () => {
  const folder = tempFolder()
  const place = namespace()
  const command = 'command' in place ? place.command : []
  const where = 'command' in place ? 'in a network namespace without loopback' : `(skipped: ${place.missing})`
  const recorded: Recorded[] = []
  const taskOf = (part: number, matched: number, missed: number): Task => ({
    folder: folder.path,
    part,
    parts: PARTS,
    recorded: recorded[part]!,
    matched,
    missed,
  })

  before(async function () {
    this.timeout(90_000)
    const parts = Array.from({ length: PARTS }, (_, part) => record(folder.path, part))
    recorded.push(...(await Promise.all(parts)))
  })
  after(() => folder.remove())

  describe(`${MATCHED} answered requests and ${MISSED} misses each, ${where}`, () => {
    let results: Replayed[] = []
    let warnings = ''
    before(async function () {
      if (command.length === 0) return
      this.timeout(480_000)
      const parts = Array.from({ length: PARTS }, (_, part) => replay(command, taskOf(part, MATCHED, MISSED)))
      const all = await Promise.all(parts)
      results = all.flatMap((one) => one.results)
      warnings = all.map(({ stderr }) => stderr).join('')
    })

    for (let part = 0; part < PARTS; part++)
      for (const { name } of partOf(part, PARTS))
        it(name, function () {
          if (command.length === 0) return this.skip()
          const result = results.find(({ client }) => client === name)
          assert.ok(result, 'it did not run')
          assert.deepEqual(faultsOf(result, recorded[part]!, { matched: MATCHED, missed: MISSED }), [])
        })

    it('print no warning of leaked listeners', function () {
      if (command.length === 0) return this.skip()
      assert.doesNotMatch(warnings, /MaxListenersExceeded/)
    })
  })

  describe('and the test would notice', () => {
    const CONTROLS = TRAVELLERS.filter((_, i) => i % PARTS === 0)
      .map(({ name }) => name)
      .filter((name) => ['fetch', 'got', 'undici 8 Pool', 'http.request, global agent'].includes(name))

    it(`a client that is let through, ${where}`, async function () {
      if (command.length === 0) return this.skip()
      assert.ok(CONTROLS.length >= 3, String(CONTROLS))
      const task = { ...taskOf(0, 3, 0), only: CONTROLS, letThrough: true }
      const { results } = await replay(command, task)
      assert.deepEqual(
        results.map(({ client }) => client),
        CONTROLS,
      )
      for (const result of results) {
        const faults = faultsOf(result, recorded[0]!, { matched: 3, missed: 0 }).join('\n')
        assert.match(faults, /asked the operating system: TCPCONNECTWRAP 127\.0\.0\.1:\d+/)
        assert.match(faults, /asked the operating system: GETADDRINFOREQWRAP localhost/)
        assert.match(faults, /the kernel saw \d+ packets/)
      }
    }).timeout(30_000)

    it('a client that looks up a name, even with a network', async () => {
      const task = { ...taskOf(0, 3, 0), only: ['fetch'], letThrough: true }
      const away = { ...recorded[0]!, plain: 'http://let-through.invalid:1234' }
      const { results } = await replay(command, { ...task, recorded: away })
      const faults = results
        .flatMap((one) => faultsOf(one, recorded[0]!, { matched: 3, missed: 0 }))
        .join('\n')
      assert.match(faults, /fetch: asked the operating system: GETADDRINFOREQWRAP let-through\.invalid/)
    }).timeout(30_000)
  })
})
