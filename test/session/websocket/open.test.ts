import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'

import { withCassette } from '../../../src/index.ts'
import type { Heard, Line } from '../../helpers/websocket-clients.ts'
import { say, socketBench } from '../websocket-bench.ts'
import { stopwatch } from '../../helpers/stopwatch.ts'

describe('a WebSocket while it is open', () => {
  const on = socketBench()

  describe('pings', () => {
    it('of the server are played, and pings of the client are answered live', async () => {
      await on.serve((socket) => {
        socket.ping('from the server')
        socket.on('message', () => socket.send('answer'))
      })
      const run = async (line: Line): Promise<readonly Heard[]> => {
        await line.next()
        await line.next()
        line.ping?.('from the client')
        await line.next()
        line.send('said')
        await line.next()
        line.close(1000)
        return line.closed
      }
      const live = await on.record(() => run(on.open()))
      assert.deepEqual(await on.replay(() => run(on.open())), live)
      assert.deepEqual((live as Heard[]).slice(1, 3), [
        ['ping', 'from the server'],
        ['pong', 'from the client'],
      ])
    })

    it('of the client do not count for the match', async () => {
      await on.record(async () => {
        const line = on.open()
        await line.next()
        line.ping?.('a')
        await line.next()
        return say(on.open('/second'), 'x').then(() => line.close())
      })
      const heard = await on.replay(async () => {
        const line = on.open()
        await line.next()
        for (const text of ['b', 'c']) {
          line.ping?.(text)
          assert.deepEqual(await line.next(), ['pong', text])
        }
        await say(on.open('/second'), 'x')
        line.close()
        return line.closed
      })
      assert.equal(heard.at(-1)?.[0], 'close')
    })
  })

  describe('one that is open when its cassette is closed', () => {
    const half = async (): Promise<Line> => {
      const line = on.open()
      await line.next()
      line.send('one')
      await line.next()
      return line
    }

    it('is recorded as incomplete without a long wait, and goes on live', async () => {
      const elapsed = stopwatch()
      const line = await on.record(half)
      assert.ok(elapsed() < 1900)
      assert.match(on.read(), /incomplete: true/)
      line.send('two')
      assert.deepEqual(await line.next(), ['text', '{"type":"answer","count":2,"said":"two"}'])
      assert.doesNotMatch(on.read(), /two/)
      line.close()
      await line.closed
    })

    it('stays open in replay until the cassette is closed', async () => {
      const line = await on.record(half)
      line.close()
      await line.closed
      const { open: isOpen, line: replayed } = await on.replay(async () => {
        const other = await half()
        const gone = await Promise.race([other.closed, sleep(300, 'still open' as const)])
        return { open: gone === 'still open', line: other }
      })
      assert.ok(isOpen)
      const heard = await replayed.closed
      assert.deepEqual(heard.at(-1)?.slice(0, 2), ['close', 1001])
    })

    it('gets the recorded close if its client has closed', async () => {
      const hasty = async (): Promise<Line> => {
        const line = await half()
        line.close(1000, 'in a hurry')
        return line
      }
      const live = await on.record(hasty)
      const wanted = await live.closed
      assert.doesNotMatch(on.read(), /incomplete/)
      const replayed = await on.replay(hasty)
      assert.deepEqual(await replayed.closed, wanted)
    })

    it('goes on in the next cassette, which does not record it', async () => {
      const line = await on.record(half)
      await withCassette(on.path('next.yaml'), { mode: 'none' }, async () => {
        line.send('two')
        assert.deepEqual(await line.next(), ['text', '{"type":"answer","count":2,"said":"two"}'])
      })
      line.close()
      await line.closed
    })
  })
})
