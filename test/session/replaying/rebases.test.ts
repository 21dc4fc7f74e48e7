import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'

import { CassetteMiss, withCassette } from '../../../src/index.ts'
import { readMisses } from '../../../src/rebase/misses-file.ts'
import { rebaseFile } from '../../../src/rebase/rebase-file.ts'
import { testBench } from '../../helpers/cassette-folder.ts'

const RUN = { pid: process.pid, threadId: 0, host: 'here', now: '2026-11-21T08:00:00.000Z' }

describe('rebasing a recording', () => {
  const bench = testBench((request, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ echo: request.body.toString(), secretless: true }))
  })
  const ask = async (question: string, path = '/v1/chat/completions'): Promise<string> => {
    const headers = { 'content-type': 'application/json' }
    const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: question }] })
    return (await fetch(bench.url(path), { method: 'POST', headers, body })).text()
  }
  beforeEach(async () => {
    await withCassette(bench.path(), { mode: 'once' }, async () => {
      await ask('one')
      await ask('two')
    })
    // The file was edited by hand.
    const text = readFileSync(bench.path(), 'utf8')
    writeFileSync(
      bench.path(),
      text.replace('interactions:\n', '# kept\ninteractions:\n').replace('status: 200', 'status:   200'),
    )
  })

  /** The lines that are only in one of two texts. */
  const changed = (before: string, after: string): string[] => {
    const [a, b] = [before.split('\n'), after.split('\n')]
    return [...a.filter((line) => !b.includes(line)), ...b.filter((line) => !a.includes(line))]
  }

  it('gives the request to the nearest recording of the call, which answers it, with onMiss: rebase', async () => {
    const before = bench.read() ?? ''
    const answer = await withCassette(bench.path(), { mode: 'none', onMiss: 'rebase' }, async () => [
      await ask('one and a half'),
      await ask('two'),
    ])
    assert.match(answer[0] ?? '', /\\"one\\"/)
    const after = bench.read() ?? ''
    for (const line of changed(before, after))
      assert.match(line, /^ {2}- id: |content: one|^ {4}match: |^ {4}rebased: .*messages\[0\]\.content/)
    assert.match(after, /rebased: \{at: .*paths: \[.*messages\[0\]\.content/)
    await bench.server.close()
    await withCassette(bench.path(), { mode: 'none', strict: true }, async () => {
      await ask('one and a half')
      await ask('two')
    })
  })

  it('never takes another call: another path is a miss, and the file stays as it is', async () => {
    const before = bench.read()
    await assert.rejects(
      withCassette(bench.path(), { mode: 'none', onMiss: 'rebase' }, () => ask('one', '/v1/other')),
      CassetteMiss,
    )
    assert.equal(bench.read(), before)
  })

  it('leaves the file alone when the run fails', async () => {
    const before = bench.read()
    await assert.rejects(
      withCassette(bench.path(), { mode: 'none', onMiss: 'rebase' }, async () => {
        await ask('three')
        throw new Error('boom')
      }),
      /boom/,
    )
    assert.equal(bench.read(), before)
  })

  it('is refused if CI is set', async () => {
    process.env['CI'] = 'true'
    await assert.rejects(
      withCassette(bench.path(), { onMiss: 'rebase' }, () => {}),
      /onMiss: expected 'throw' or 'passthrough' if CI is set/,
    )
    delete process.env['CI']
  })

  it('needs no network: misses are written to a file, and the file is applied', async () => {
    const list = bench.path('misses.json')
    process.env['CASSETTE_MISSES'] = list
    for (const question of ['one and a half', 'zwei'])
      await assert.rejects(
        withCassette(bench.path(), { mode: 'none' }, () => ask(question)),
        CassetteMiss,
      )
    delete process.env['CASSETTE_MISSES']
    const before = bench.read() ?? ''
    const misses = readMisses(list)
    assert.equal(misses.length, 2)
    const { rebased, skipped } = rebaseFile(bench.path(), misses, RUN)
    assert.deepEqual(
      rebased.map(({ paths }) => paths),
      [['messages[0].content']],
    )
    // Both misses are nearest to the latest recording: the second finds no recording left.
    assert.equal(skipped.length, 1)
    for (const line of changed(before, bench.read() ?? ''))
      assert.match(line, /^ {2}- id: |content: |^ {4}match: |^ {4}rebased: /)
    await bench.server.close()
    await withCassette(bench.path(), { mode: 'none' }, () => ask('one and a half'))
  })

  it('says what is wrong with a list of misses', () => {
    const list = bench.path('misses.json')
    assert.throws(() => readMisses(list), /misses\.json: .*CASSETTE_MISSES=/s)
    writeFileSync(list, '{')
    assert.throws(() => readMisses(list), /not JSON/)
    writeFileSync(list, '[{"cassettePath":"x"}]')
    assert.throws(() => readMisses(list), /entry 1 is not a miss/)
  })

  it('keeps the list that an interaction is matched by, and keeps ids different', async () => {
    await withCassette(bench.path('own.yaml'), { mode: 'once', matchOn: ['messages'] }, async () => {
      await ask('a')
      await ask('b')
    })
    await withCassette(bench.path('own.yaml'), { mode: 'none', onMiss: 'rebase' }, async () => {
      await ask('same')
      await ask('same')
    })
    const text = bench.read('own.yaml') ?? ''
    const ids = [...text.matchAll(/^ {2}- id: (.*)$/gm)].map(([, id]) => id)
    assert.equal(new Set(ids).size, 2)
    assert.equal([...text.matchAll(/on: \[messages\]/g)].length, 2)
  })

  it("leaves another call and another cassette's misses alone", async () => {
    const list = bench.path('misses.json')
    process.env['CASSETTE_MISSES'] = list
    await assert.rejects(
      withCassette(bench.path(), { mode: 'none' }, () => ask('one', '/v1/x/chat/completions')),
    )
    delete process.env['CASSETTE_MISSES']
    const before = bench.read()
    const { rebased, skipped } = rebaseFile(bench.path(), readMisses(list), RUN)
    assert.deepEqual(rebased, [])
    assert.match(skipped[0]?.reason ?? '', /is of another call \(path\)/)
    assert.equal(bench.read(), before)
    const elsewhere = readMisses(list).map((miss) => ({ ...miss, cassettePath: bench.path('other.yaml') }))
    assert.deepEqual(rebaseFile(bench.path(), elsewhere, RUN), { rebased: [], skipped: [] })
  })

  it('adds to a list of misses and removes nothing', async () => {
    const list = bench.path('notes.txt')
    writeFileSync(list, 'my notes\n')
    process.env['CASSETTE_MISSES'] = list
    await assert.rejects(
      withCassette(bench.path(), { mode: 'none' }, () => ask('five')),
      CassetteMiss,
    )
    delete process.env['CASSETTE_MISSES']
    assert.match(readFileSync(list, 'utf8'), /^my notes\n\{/)
  })
})
