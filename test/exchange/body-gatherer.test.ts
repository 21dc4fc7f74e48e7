import assert from 'node:assert/strict'

import { BodyGatherer } from '../../src/exchange/body-gatherer.ts'

const hear = (body: BodyGatherer): string[] => {
  const heard: string[] = []
  body.follow({
    data: (chunk) => heard.push(Buffer.from(chunk).toString()),
    end: () => heard.push('end'),
    fail: () => heard.push('fail'),
  })
  return heard
}

describe('BodyGatherer', () => {
  it('gives a late listener everything from the beginning', () => {
    const body = new BodyGatherer()
    body.data(Buffer.from('a'))
    const early = hear(body)
    body.data(Buffer.from('b'))
    body.end()
    body.data(Buffer.from('ignored'))
    assert.deepEqual(early, ['a', 'b', 'end'])
    assert.deepEqual(hear(body), ['a', 'b', 'end'])
  })

  it('distinguishes a body without chunks from an empty one', async () => {
    const none = new BodyGatherer()
    none.end()
    assert.equal(await none.whole, null)
    const empty = new BodyGatherer()
    empty.data(new Uint8Array())
    empty.end()
    assert.equal((await empty.whole)?.byteLength, 0)
  })

  it('rejects with the reason of a failed upload, to every reader', async () => {
    const body = new BodyGatherer()
    body.data(Buffer.from('a'))
    body.fail(new Error('gone'))
    body.end()
    assert.equal(body.ended, 'aborted')
    await assert.rejects(body.whole, /gone/)
    await assert.rejects(Array.fromAsync(body.chunks()), /gone/)
    assert.deepEqual(hear(body), ['a', 'fail'])
  })

  it('yields chunks that come while it is being read', async () => {
    const body = new BodyGatherer()
    body.data(Buffer.from('a'))
    const read = Array.fromAsync(body.chunks(), String)
    setImmediate(() => {
      body.data(Buffer.from('b'))
      setImmediate(() => body.end())
    })
    assert.deepEqual(await read, ['a', 'b'])
  })

  it('does not change the bytes that were read before', () => {
    const body = new BodyGatherer()
    const seen: Buffer[] = []
    for (const text of ['ab', 'c', 'defgh', 'i']) {
      body.data(Buffer.from(text))
      seen.push(body.bytes)
    }
    assert.deepEqual(seen.map(String), ['ab', 'abc', 'abcdefgh', 'abcdefghi'])
  })

  it('does not join all chunks each time the bytes are read', () => {
    const CHUNKS = 20_000
    const chunk = Buffer.alloc(1024, 'x')
    const body = new BodyGatherer()
    const from = performance.now()
    for (let i = 0; i < CHUNKS; i++) {
      body.data(chunk)
      assert.equal(body.bytes.byteLength, (i + 1) * chunk.byteLength)
    }
    // If all chunks were joined each time, this would copy 200 GB.
    assert.ok(performance.now() - from < 5000)
  })

  it('keeps nothing after forget, but its listeners still get the chunks', async () => {
    const body = new BodyGatherer()
    body.data(Buffer.from('a'))
    body.forget()
    const heard = hear(body)
    body.data(Buffer.from('b'))
    body.end()
    assert.deepEqual(heard, ['b', 'end'])
    assert.equal(body.bytes.byteLength, 0)
    assert.equal(await body.whole, null)
  })
})
