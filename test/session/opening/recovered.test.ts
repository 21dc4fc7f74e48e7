import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'

import { withCassette } from '../../../src/index.ts'
import { testBench } from '../../helpers/cassette-folder.ts'
import { EventServer } from '../../helpers/event-server.ts'
import { runProgram } from '../../helpers/program.ts'

describe('the order between exchanges of a run that was killed', () => {
  const bench = testBench(new EventServer().handler)

  async function program(): Promise<string[]> {
    const log: string[] = []
    const response = await fetch(bench.url('/sse/one'))
    const heard = (async () => {
      for await (const chunk of response.body ?? []) log.push(Buffer.from(chunk).toString().trim())
    })()
    for (const [path, body] of [
      ['push', 'first'],
      ['end', 'last'],
    ] as const) {
      await sleep(20)
      log.push(`asks ${body}`)
      await (await fetch(bench.url(`/${path}/one`), { method: 'POST', body })).text()
      while (!log.includes(`data: ${body}`)) await sleep(5)
    }
    await heard
    return log
  }
  const expected = ['data: open', 'asks first', 'data: first', 'asks last', 'data: last']

  it('is kept in the journal, and by the next run in the file', async () => {
    await runProgram('test/session/programs/killed-in-a-stream.ts', {
      TARGET: bench.url(''),
      TAPE: bench.path(),
    })
    assert.match(
      bench.read('tape.yaml.recording') ?? '',
      /sent: [0-9a-f]{8}-0\n[^]*since: \[\[\d+, [0-9a-f]{8}-1/,
    )
    assert.deepEqual(await withCassette(bench.path(), { mode: 'none' }, program), expected)
    assert.deepEqual(await withCassette(bench.path(), { mode: 'once' }, program), expected)
    const text = bench.read() ?? ''
    assert.doesNotMatch(text, /sent:/)
    assert.match(text, /^ +since: \[\[\d+, [0-9a-f]{16}\], \[\d+, [0-9a-f]{16}\]\]$/m)
    assert.deepEqual(await withCassette(bench.path(), { mode: 'none' }, program), expected)
  })
})
