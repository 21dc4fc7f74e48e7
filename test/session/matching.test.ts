import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'

import { CassetteMiss, type CassetteOptions, withCassette } from '../../src/index.ts'
import { testBench } from '../helpers/cassette-folder.ts'

const chat = (question: string, more: object = {}) => ({
  model: 'gpt-5-mini',
  messages: [{ role: 'user', content: question }],
  ...more,
})

describe('matching in a session', () => {
  const bench = testBench((request, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ echo: JSON.parse(request.body.toString() || 'null') as unknown }))
  })
  const ask = async (body: object, path = '/v1/chat/completions'): Promise<unknown> => {
    const headers = { 'content-type': 'application/json' }
    return (await fetch(bench.url(path), { method: 'POST', headers, body: JSON.stringify(body) })).json()
  }
  const record = (options: CassetteOptions, ...bodies: object[]) =>
    withCassette(bench.path(), { mode: 'once', ...options }, async () => {
      for (const body of bodies) await ask(body)
    })
  const replays = async (options: CassetteOptions, body: object): Promise<boolean> => {
    try {
      await withCassette(bench.path(), { mode: 'none', ...options }, () => ask(body))
      return true
    } catch (error) {
      if (error instanceof CassetteMiss) return false
      throw error
    }
  }

  it('compares the meaning: fields that do not determine the answer do not count', async () => {
    await record({}, chat('hi', { user: 'u-1', temperature: 1 }))
    assert.ok(
      await replays({}, { messages: [{ content: 'hi', role: 'user' }], model: 'gpt-5-mini', user: 'u-2' }),
    )
    assert.ok(!(await replays({}, chat('hello'))))
  })

  it('uses the list given now in place of the recorded one', async () => {
    await record({}, chat('hi', { temperature: 1 }))
    assert.ok(await replays({}, chat('hi', { temperature: 0 })))
    assert.ok(!(await replays({ matchOn: ['messages', 'temperature'] }, chat('hi', { temperature: 0 }))))
    assert.ok(await replays({ matchOn: ['messages'] }, chat('hi', { model: 'another' })))
  })

  it('uses the recorded list of each interaction if none is given', async () => {
    await record({ matchOn: ['messages'] }, chat('one', { model: 'a' }))
    await withCassette(bench.path(), { mode: 'new_episodes' }, () => ask(chat('two', { model: 'a' })))
    assert.ok(await replays({}, chat('one', { model: 'b' })))
    assert.ok(await replays({}, chat('two', { model: 'a' })))
    assert.ok(!(await replays({}, chat('two', { model: 'b' }))))
  })

  it('keeps a secret out of a new episode that becomes known while the request is under way', async () => {
    await record({}, chat('one'))
    try {
      await withCassette(bench.path(), { mode: 'new_episodes' }, async () => {
        const asked = ask(chat('what is plain-word-of-late?'))
        setImmediate(() => (process.env['LATE_TOKEN'] = 'plain-word-of-late'))
        await asked
      })
    } finally {
      delete process.env['LATE_TOKEN']
    }
    assert.doesNotMatch(readFileSync(bench.path(), 'utf8'), /plain-word-of-late/)
  })

  it('uses the list in the environment before any other', async () => {
    await record({}, chat('hi'))
    process.env['CASSETTE_MATCH_ON'] = 'messages'
    try {
      assert.ok(await replays({ matchOn: ['model', 'messages'] }, chat('hi', { model: 'another' })))
    } finally {
      delete process.env['CASSETTE_MATCH_ON']
    }
  })

  it('fails for a name that the request does not have, and lists the names that it has', async () => {
    await record({}, chat('hi'))
    await assert.rejects(
      withCassette(bench.path(), { mode: 'none', matchOn: ['mesages'] }, () =>
        ask(chat('hi')).catch(() => {}),
      ),
      /mesages[^]*messages/,
    )
  })

  it('computes keys of other rules and removed keys again', async () => {
    await record({}, chat('hi'), chat('ho'))
    const text = readFileSync(bench.path(), 'utf8')
    writeFileSync(
      bench.path(),
      text
        .replace(/match: \{key: [0-9a-f]{64}(.*)v: 1\}/, `match: {key: ${'0'.repeat(64)}$1v: 9}`)
        .replace(/^ {4}match: \{key: [1-9a-f].*\n/m, ''),
    )
    assert.ok(await replays({}, chat('hi')))
    assert.ok(await replays({}, chat('ho')))
  })

  it('names in a miss what differs but is not compared', async () => {
    await record({}, chat('hi', { temperature: 1, seed: 3 }))
    await assert.rejects(
      withCassette(bench.path(), { mode: 'none' }, () => ask(chat('ho', { temperature: 0, seed: 3 }))),
      /also in temperature, which matchOn does not compare/,
    )
    await assert.rejects(
      withCassette(bench.path(), { mode: 'none' }, async () => {
        await ask(chat('hi', { temperature: 1, seed: 3 }))
        await ask(chat('hi', { temperature: 0, seed: 3 }))
      }),
      /played already[^]*only in temperature/,
    )
  })

  it('compares each recording in a miss by the list that it is matched by', async () => {
    await record({ matchOn: ['model', 'messages', 'temperature'] }, chat('hi', { temperature: 0.5 }))
    await assert.rejects(
      withCassette(bench.path(), { mode: 'none' }, () => ask(chat('hi', { temperature: 0.9 }))),
      (error) => {
        assert.ok(error instanceof CassetteMiss)
        assert.deepEqual(error.differences, [{ path: 'temperature', recorded: 0.5, incoming: 0.9 }])
        return true
      },
    )
  })

  it('says in a miss that the matcher function refused', async () => {
    await record({}, chat('hi'))
    await assert.rejects(
      withCassette(bench.path(), { mode: 'none', matchOn: () => false }, () => ask(chat('hi'))),
      /is refused by the matchOn function/,
    )
  })

  it('finds the nearest of many recordings', async () => {
    await record({}, chat('number 0 of many'), chat('number 0 of many'))
    const text = readFileSync(bench.path(), 'utf8')
    const [head = '', one = ''] = text.split(/(?= {2}- id: )/)
    const many = Array.from({ length: 3000 }, (_, i) =>
      one
        .replaceAll('number 0', `number ${i}`)
        .replaceAll('gpt-5-mini', `model-${i}`)
        .replace(/^ {2}- id: .*/, `  - id: i${i}`)
        .replace(/^ {4}match: .*\n/m, ''),
    )
    writeFileSync(bench.path(), head + many.join(''))
    const miss = await withCassette(bench.path(), { mode: 'none' }, () =>
      ask(chat('number 7 of Many', { model: 'model-7' })),
    ).then(
      () => assert.fail('no miss'),
      (error: unknown) => error,
    )
    assert.ok(miss instanceof CassetteMiss)
    assert.equal(miss.closest?.id, 'i7')
  })
})
