import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'

import { CassetteOptionError, type CassetteOptions, UnusedInteractionsError } from '../../../src/index.ts'
import type { Heard } from '../../helpers/websocket-clients.ts'
import { missOf, say, textOf, socketBench } from '../websocket-bench.ts'

describe('matching the client of a WebSocket', () => {
  const on = socketBench()

  describe('the option websocket', () => {
    const asked = (more: object): string => JSON.stringify({ type: 'ask', question: 'why', ...more })
    beforeEach(() => on.record(() => say(on.open(), asked({ mood: 'good', meta: { run: 1 } }))))

    it('does not compare the paths of ignore', async () => {
      const said = asked({ mood: 'bad', meta: { run: 2 } })
      await missOf(on.replay(() => say(on.open(), said)))
      await missOf(on.replay(() => say(on.open(), said), { websocket: { ignore: ['mood'] } }))
      const heard = await on.replay(() => say(on.open(), said), {
        websocket: { ignore: ['mood', 'meta.run'] },
      })
      assert.equal(heard.length, 3)
    })

    it('compares only the fields of matchOn, if that is a list', async () => {
      const websocket = { matchOn: ['type', 'meta.run'] }
      const options = { websocket } satisfies CassetteOptions
      assert.equal((await on.replay(() => say(on.open(), asked({ meta: { run: 1 } })), options)).length, 3)
      const miss = await missOf(on.replay(() => say(on.open(), asked({ meta: { run: 2 } })), options))
      assert.deepEqual(miss.differences, [{ path: 'frames[0].meta.run', recorded: 1, incoming: 2 }])
    })

    it('lets matchOn decide alone, if that is a function', async () => {
      const seen: unknown[] = []
      const options: CassetteOptions = {
        websocket: {
          matchOn: (recorded, incoming) => {
            seen.push(recorded.json, incoming.text)
            return incoming.type === 'text' && incoming.text !== 'no'
          },
        },
      }
      assert.equal((await on.replay(() => say(on.open(), 'yes'), options)).length, 3)
      assert.deepEqual(seen.slice(0, 2), [
        { type: 'ask', question: 'why', mood: 'good', meta: { run: 1 } },
        'yes',
      ])
      await missOf(on.replay(() => say(on.open(), 'no'), options))
    })

    for (const [name, websocket] of Object.entries({
      websocket: 7,
      'websocket.matchOn': { matchOn: 'type' },
      'websocket.matchOn, a bad field': { matchOn: ['a..b'] },
      'websocket.ignore': { ignore: ['a[b'] },
      'websocket.ignored': { ignored: ['a'] },
    })) {
      it(`is refused if it has a wrong value: ${name}`, async () => {
        const run = on.replay(() => Promise.resolve(), { websocket } as unknown as CassetteOptions)
        await assert.rejects(run, (error) => {
          assert.ok(error instanceof CassetteOptionError)
          assert.ok(error.message.includes(name.split(',')[0] ?? ''), error.message)
          return true
        })
      })
    }
  })

  describe('several WebSockets of one address', () => {
    it('are played in order: a client that connects again gets the frames of its second connection', async () => {
      const twice = async (): Promise<unknown> => [
        await say(on.open(), 'one'),
        await say(on.open(), 'one', 'two'),
      ]
      let session = 0
      await on.serve((socket) => {
        const mine = ++session
        socket.on('message', () => socket.send(`session ${mine}`))
      })
      const live = await on.record(twice)
      assert.deepEqual(await on.replay(twice), live)
      await missOf(on.replay(async () => [await twice(), await say(on.open(), 'one').catch(() => [])]))
    })

    it('get their own recordings by the first message of the client, 200 at once', async () => {
      await on.serve((socket) => {
        socket.on('message', (data) => socket.send(`for ${textOf(data)}`))
      })
      const all = (order: readonly number[]): Promise<Heard[][]> =>
        Promise.all(
          order.map(async (n) => {
            const line = on.open()
            await line.next()
            await sleep(Math.random() * 20)
            line.send(`number ${n}`)
            await line.next()
            line.send(`again ${n}`)
            await line.next()
            line.close(1000)
            return [...(await line.closed)]
          }),
        )
      const order = Array.from({ length: 200 }, (_, n) => n)
      await on.record(() => all(order))
      await on.server.close()
      const back = order.toReversed()
      for (const [at, heard] of (await on.replay(() => all(back), { strict: true })).entries()) {
        const texts = heard.flatMap(([kind, text]) => (kind === 'text' ? [text] : []))
        assert.deepEqual(texts, [`for number ${back[at]}`, `for again ${back[at]}`])
      }
    }).timeout(60_000)

    it('play the last recording again with allowPlaybackRepeats', async () => {
      await on.record(async () => [await say(on.open(), 'one'), await say(on.open(), 'two')])
      const again = async (): Promise<unknown> => {
        for (const said of ['two', 'one', 'one', 'two', 'one'])
          assert.deepEqual((await say(on.open(), said))[1], [
            'text',
            `{"type":"answer","count":1,"said":"${said}"}`,
          ])
        return say(on.open(), 'three')
      }
      await missOf(on.replay(again, { allowPlaybackRepeats: true }))
    })

    it('fail a strict run if one of them was not opened', async () => {
      await on.record(async () => [await say(on.open(), 'one'), await say(on.open('/other'), 'one')])
      await assert.rejects(
        on.replay(() => say(on.open(), 'one'), { strict: true }),
        UnusedInteractionsError,
      )
    })
  })
})
