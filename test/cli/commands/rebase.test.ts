import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'

import { CassetteMiss, withCassette } from '../../../src/index.ts'
import { testBench } from '../../helpers/cassette-folder.ts'
import { fromRoot } from '../../helpers/shared.ts'

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

const cassette = (...args: string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [fromRoot('src/cli/main.ts'), ...args],
      { timeout: 50_000 },
      (_error, stdout, stderr) => resolve({ code: child.exitCode, stdout, stderr }),
    )
  })

describe('cassette rebase', () => {
  const bench = testBench((_, response) => void response.end('answer'))
  const ask = async (question: string): Promise<string> => {
    const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: question }] })
    const headers = { 'content-type': 'application/json' }
    return (await fetch(bench.url('/v1/chat/completions'), { method: 'POST', headers, body })).text()
  }
  beforeEach(async () => {
    await withCassette(bench.path(), () => ask('What is the capital of France?'))
    process.env['CASSETTE_MISSES'] = bench.path('misses.json')
    await assert.rejects(
      withCassette(bench.path(), () => ask('The capital of France?')),
      CassetteMiss,
    )
    delete process.env['CASSETTE_MISSES']
  })

  it('applies a list of misses and says what it changed, so that the changed request replays', async () => {
    const { code, stdout, stderr } = await cassette(
      'rebase',
      bench.path(),
      '--from',
      bench.path('misses.json'),
    )
    assert.equal(code, 0, stderr)
    assert.match(
      stdout,
      /1 rebased, 0 left\n {2}[0-9a-f]{16} is now [0-9a-f]{16}\n {4}messages\[0\]\.content\n$/,
    )
    await bench.server.close()
    assert.equal(await withCassette(bench.path(), () => ask('The capital of France?')), 'answer')
  })

  it('prints JSON, and exits with 1 if it could not apply a miss', async () => {
    const from = ['--from', bench.path('misses.json'), '--json']
    assert.equal((await cassette('rebase', bench.path(), ...from)).code, 0)
    const { code, stdout } = await cassette('rebase', bench.path(), ...from)
    assert.equal(code, 1)
    const { rebased, skipped } = JSON.parse(stdout) as { rebased: unknown[]; skipped: { reason: string }[] }
    assert.deepEqual(rebased, [])
    assert.match(skipped[0]?.reason ?? '', /is not in the file/)
  })

  it('exits with 2 for wrong usage and with 3 for an unreadable file, and says what is wrong', async () => {
    assert.equal((await cassette('rebase', bench.path())).code, 2)
    const missing = await cassette('rebase', bench.path(), '--from', bench.path('nothing.json'))
    assert.equal(missing.code, 3)
    assert.match(missing.stderr, /nothing\.json/)
    writeFileSync(bench.path('bad.yaml'), 'version: 9\n')
    assert.equal(
      (await cassette('rebase', bench.path('bad.yaml'), '--from', bench.path('misses.json'))).code,
      3,
    )
    assert.match((await cassette('rebase', '--help')).stdout, /MISSES\.json/)
  })
})
