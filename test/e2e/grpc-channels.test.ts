import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'

import * as grpc from '@grpc/grpc-js'

import { withCassette } from '../../src/index.ts'
import { ask, grpcBench } from './grpc/bench.ts'

describe('gRPC channels with cassettes', () => {
  const bench = grpcBench()

  it('record and replay 200 parallel calls, each with its own answer', async () => {
    const calls = async (): Promise<unknown[]> => {
      const one = bench.client()
      return Promise.all(
        Array.from({ length: 200 }, (_, n) => ask(one, { text: `call ${n}` }).then(({ text }) => text)),
      )
    }
    const expected = Array.from({ length: 200 }, (_, n) => `re: call ${n}`)
    assert.deepEqual(await bench.record(calls), expected)
    bench.server.stop()
    assert.deepEqual(await bench.replay(calls), expected)
  }).timeout(60_000)

  it('work between and across cassettes: live, recording and replaying', async () => {
    const kept = bench.client()
    const text = async (name: string): Promise<unknown> => (await ask(kept, { text: name })).text
    assert.equal(await text('before'), 're: before')
    assert.equal(await bench.record(() => text('first'), 'a.yaml'), 're: first')
    assert.equal(await text('between'), 're: between')
    assert.equal(await bench.record(() => text('second'), 'b.yaml'), 're: second')
    const calls = bench.server.calls
    assert.equal(await bench.replay(() => text('second'), 'b.yaml'), 're: second')
    assert.equal(await bench.replay(() => text('first'), 'a.yaml'), 're: first')
    assert.equal(bench.server.calls, calls)
    assert.equal(await text('after'), 're: after')
    assert.equal(await bench.record(() => text('third'), 'c.yaml'), 're: third')
    const lost = new Promise((resolve) => {
      kept.getChannel().watchConnectivityState(grpc.connectivityState.READY, Infinity, resolve)
    })
    bench.server.stop()
    await lost
    assert.equal(await bench.replay(() => text('third'), 'c.yaml'), 're: third')
  })

  it('go live after the cassette closes, even if they were opened in a replay', async () => {
    await bench.record(() => ask(bench.client(), { text: 'recorded' }))
    const kept = bench.client()
    assert.equal((await bench.replay(() => ask(kept, { text: 'recorded' }))).text, 're: recorded')
    assert.equal((await bench.record(() => ask(kept, { text: 'live' }), 'b.yaml')).text, 're: live')
    assert.equal((await ask(kept, { text: 'after' })).text, 're: after')
  })

  it('go live for ignored hosts, and after a miss with passthrough', async () => {
    await bench.record(() => ask(bench.client(), { text: 'recorded' }))
    const ignored = { mode: 'none', ignore: bench.server.address } as const
    const live = await withCassette(bench.path(), ignored, () => ask(bench.client(), { text: 'live' }))
    assert.equal(live.text, 're: live')
    const passing = { mode: 'none', onMiss: 'passthrough' } as const
    const kept = bench.client()
    await withCassette(bench.path(), passing, async () => {
      assert.equal((await ask(kept, { text: 'recorded' })).text, 're: recorded')
      assert.equal((await ask(kept, { text: 'missed' })).text, 're: missed')
    })
    await withCassette(bench.path(), { mode: 'new_episodes' }, async () => {
      assert.equal((await ask(kept, { text: 'recorded' })).text, 're: recorded')
      assert.equal((await ask(kept, { text: 'new' })).text, 're: new')
    })
    assert.equal(bench.server.calls, 4)
    bench.server.stop()
    assert.equal((await bench.replay(() => ask(bench.client(), { text: 'new' }))).text, 're: new')
  })

  it('replay calls to a host name that does not resolve', async () => {
    await bench.record(() => ask(bench.client(), { text: 'recorded' }))
    const text = (bench.read() ?? '')
      .replaceAll(bench.server.address, 'no-such-host.invalid:443')
      .replace(/\n {4}match: .*/, '')
    writeFileSync(bench.path(), text)
    const far = bench.client({}, 'no-such-host.invalid:443')
    assert.equal((await bench.replay(() => ask(far, { text: 'recorded' }))).text, 're: recorded')
  })
})
