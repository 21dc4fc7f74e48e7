import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'

import { RecordedErrorResponse, withCassette } from '../../../src/index.ts'
import type { Heard } from '../../helpers/websocket-clients.ts'
import { counting, item, say, socketBench } from '../websocket-bench.ts'

describe('a WebSocket on a cassette', () => {
  const on = socketBench()

  describe('modes and options of every exchange', () => {
    it('new_episodes adds to it, all records it again, passthrough goes live unrecorded', async () => {
      await on.record(() => say(on.open(), 'one'))
      const both = async (): Promise<unknown> => [
        await say(on.open(), 'one'),
        await say(on.open('/new'), 'two'),
      ]
      await withCassette(on.path(), { mode: 'new_episodes' }, both)
      assert.equal(on.server.opened, 2)
      await withCassette(on.path(), { mode: 'all' }, both)
      assert.equal(on.server.opened, 4)
      assert.equal(on.read().match(/websocket:/g)?.length, 2)
      await on.replay(() => say(on.open('/newer'), 'x'), { onMiss: 'passthrough' })
      assert.equal(on.server.opened, 5)
    })

    it('the same conversation recorded again makes the same bytes', async () => {
      const run = (): Promise<unknown> => on.record(() => say(on.open(), item('hi'), 'text'), { mode: 'all' })
      const bytes = async (): Promise<string> => {
        await run()
        return on.read().replaceAll(/recorded_at: .*/g, '')
      }
      assert.equal(await bytes(), await bytes())
    })

    it('ignore lets it through, by host and by URL', async () => {
      await on.replay(() => say(on.open(), 'one'), { ignore: '127.0.0.1' })
      await on.replay(() => say(on.open(), 'one'), { ignore: `${on.server.url}/*` })
      await on.replay(() => say(on.open(), 'one'), { ignore: `${on.server.url.replace('ws', 'http')}/*` })
      assert.equal(on.server.opened, 3)
      assert.equal(on.read(), '')
    })

    it('hooks see and change the frames', async () => {
      await on.record(() => say(on.open(), 'one'), {
        beforeRecord: (exchange) => {
          const body = exchange.response?.body as { websocket: { server?: { json?: { said?: string } } }[] }
          for (const { server: message } of body.websocket) if (message?.json) message.json.said = 'changed'
          return exchange
        },
      })
      assert.match(on.read(), /said: changed/)
      const heard = await on.replay(() => say(on.open(), 'one'), {
        beforeReplay: (exchange) => {
          const body = exchange.response?.body as unknown as { websocket: object[] }
          body.websocket.splice(1, 0, { server: { text: 'inserted' } })
          return exchange
        },
      })
      assert.deepEqual(heard[1], ['text', 'inserted'])
    })

    it('onRecordError applies to an opening that is refused', async () => {
      await on.serve(counting, { verifyClient: (_, answer) => answer(false, 401, 'Go away') })
      const opened = async (): Promise<readonly Heard[]> => on.open().closed
      await assert.rejects(on.record(opened, { onRecordError: 'raise' }), RecordedErrorResponse)
      assert.equal(on.read(), '')
      const live = await on.record(opened, { onRecordError: 'record' })
      assert.match(on.read(), /status: 401/)
      assert.deepEqual(await on.replay(opened), live)
    })

    it('timing: recorded keeps the recorded delays, and instant does not', async () => {
      await on.serve((socket) => {
        socket.send('at once')
        setTimeout(() => socket.send('later'), 150)
      })
      const run = async (): Promise<number> => {
        const line = on.open()
        await line.next()
        await line.next()
        const start = performance.now()
        await line.next()
        line.close()
        await line.closed
        return performance.now() - start
      }
      await on.record(run)
      assert.match(on.read(), /\{server: \{text: later, delay_ms: 1[4-9]\d\}\}/)
      assert.ok((await on.replay(run)) < 140)
      const took = await on.replay(run, { timing: 'recorded' })
      assert.ok(took > 120 && took < 1000, `${took} ms`)
    })
  })

  it('names the place of an error in a cassette that was edited by hand', async () => {
    await on.record(() => say(on.open(), 'one'))
    const text = readFileSync(on.path(), 'utf8').replace(
      '{client: {text: one}}',
      '{client: {text: 1, json: 2}}',
    )
    writeFileSync(on.path(), text)
    const line = text.split('\n').findIndex((one) => one.includes('json: 2')) + 1
    await assert.rejects(
      on.replay(() => say(on.open(), 'one')),
      (error) => {
        const { message } = error as Error
        assert.match(message, new RegExp(`${line}:\\d+`))
        assert.match(message, /one of json, text, base64/)
        return true
      },
    )
  })
})
