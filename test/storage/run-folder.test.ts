import assert from 'node:assert/strict'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { beginRun, joinRun } from '../../src/storage/run-folder.ts'
import { useFolder } from './helpers.ts'

describe('the folder that the processes of a run share', () => {
  const at = useFolder()
  let run: ReturnType<typeof beginRun>
  const names = ['CASSETTE_RUN_DIR', 'CASSETTE_RUN_PATH']
  beforeEach(() => {
    run = beginRun(at('app.yaml'))
    Object.assign(process.env, run.env)
  })
  afterEach(() => {
    run.remove()
    for (const name of names) Reflect.deleteProperty(process.env, name)
  })
  const joined = (program: string): ReturnType<typeof joinRun> => joinRun(program, undefined)

  it('gives each process its own cassette, and the first process the cassette of the run', () => {
    assert.equal(joined('app').claimPath(), at('app.yaml'))
    assert.equal(joined('app').claimPath(), at('app-2.yaml'))
    assert.equal(joined('worker').claimPath(), at('app.worker.yaml'))
    assert.equal(joined('worker').claimPath(), at('app.worker-2.yaml'))
  })

  it('names the first cassette of a program after the program if the run has no name', () => {
    Reflect.deleteProperty(process.env, 'CASSETTE_RUN_PATH')
    const claimed = ['app', 'worker', 'app'].map((program) => joined(program).claimPath())
    assert.deepEqual(claimed, ['cassettes/app.yaml', 'cassettes/worker.yaml', 'cassettes/app-2.yaml'])
  })

  it('lists as siblings the cassettes that the same program may have written in earlier runs', () => {
    for (const name of [
      'app.yaml',
      'app.worker.yaml',
      'app.worker-10.yaml',
      'app.worker-2.yaml',
      'app.workers.yaml',
      'app.other.yaml',
      'app.worker.yaml.recording',
    ])
      writeFileSync(at(name), '')
    const worker = joined('worker')
    const family = ['app.yaml', 'app.worker.yaml', 'app.worker-2.yaml', 'app.worker-10.yaml'].map((name) =>
      at(name),
    )
    assert.deepEqual(
      worker.siblings(at('app.worker.yaml')),
      family.filter((path) => path !== at('app.worker.yaml')),
    )
    // A cassette that another process makes in this run is not a sibling: it holds nothing to replay.
    while (joined('worker').claimPath() !== at('app.worker-3.yaml'));
    writeFileSync(at('app.worker-3.yaml'), '')
    assert.deepEqual(worker.siblings(at('app.worker-4.yaml')), family)
  })

  it('gives each cassette of a program a place of its own', () => {
    const { placeOf } = joined('worker')
    const files = ['app.yaml', 'app.worker.yaml', 'app.worker-2.yaml', 'app.worker-30.yaml']
    assert.deepEqual(
      files.map((name) => placeOf(at(name))),
      [0, 1, 2, 30],
    )
  })

  it('lets one process take a recording', () => {
    const [one, other] = [joined('worker'), joined('worker')]
    assert.deepEqual(
      [one.take('a'), other.take('a'), one.take('a'), other.take('b')],
      [true, false, false, true],
    )
  })

  it('passes failures to the first process, and is removed with the run', () => {
    const worker = joined('worker')
    worker.leaveFailure('a miss')
    worker.leaveFailure('another')
    assert.deepEqual(run.failures().toSorted(), ['a miss', 'another'])
    const folder = process.env['CASSETTE_RUN_DIR'] ?? ''
    run.remove()
    assert.equal(existsSync(join(folder, 'failures')), false)
    assert.deepEqual(run.failures(), [])
  })
})
