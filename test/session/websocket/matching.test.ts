import assert from 'node:assert/strict'

import { type Heard, SOCKET_CLIENTS } from '../../helpers/websocket-clients.ts'
import { counting, item, missOf, say, ws, socketBench } from '../websocket-bench.ts'
import { stopwatch } from '../../helpers/stopwatch.ts'

describe('the client of a WebSocket', () => {
  const on = socketBench()

  describe('a message of the client', () => {
    it('is compared with the recording, without ids and times', async () => {
      const said = (id: string): string[] => [
        JSON.stringify({ event_id: id, type: 'session.update', session: { instructions: 'Be brief.' } }),
        item('hi', { id: `item_${id}`, created_at: id }),
        JSON.stringify({ type: 'function_call_output', call_id: id, previous_item_id: id, timestamp: id }),
      ]
      await on.record(() => say(on.open(), ...said('a')))
      const heard = await on.replay(() => say(on.open(), ...said('b')))
      assert.equal(heard.length, 5)
    })

    it('is compared with ids and times if they are data of the user', async () => {
      const tool = (id: string): string =>
        JSON.stringify({ type: 'session.update', tools: [{ name: 'f', parameters: { id, timestamp: id } }] })
      await on.record(() => say(on.open(), tool('a')))
      const miss = await missOf(on.replay(() => say(on.open(), tool('b'))))
      assert.deepEqual(
        miss.differences.map(({ path }) => path),
        ['frames[0].tools[0].parameters.id', 'frames[0].tools[0].parameters.timestamp'],
      )
    })

    it('may come before a message of the server that came first in the recording', async () => {
      await on.record(() => say(on.open(), 'one', 'two', 'three'))
      const heard = await on.replay(async () => {
        const line = on.open()
        await line.next()
        for (const one of ['one', 'two', 'three']) line.send(one)
        for (let at = 0; at < 3; at++) await line.next()
        line.close(1000)
        return line.closed
      })
      assert.deepEqual(
        heard.map(([, second]) => second),
        [
          '',
          ...['one', 'two', 'three'].map((said, at) =>
            JSON.stringify({ type: 'answer', count: at + 1, said }),
          ),
          1000,
        ],
      )
    })

    it('is compared as bytes if it is binary, and never equals a text', async () => {
      await on.record(() => say(on.open(), new Uint8Array([1, 2]), 'text'))
      assert.equal((await on.replay(() => say(on.open(), new Uint8Array([1, 2]), 'text'))).length, 4)
      const other = await missOf(on.replay(() => say(on.open(), new Uint8Array([1, 3]), 'text')))
      assert.deepEqual(other.differences, [{ path: 'frames[0]', recorded: 'AQI=', incoming: 'AQM=' }])
      const kind = await missOf(on.replay(() => say(on.open(), new Uint8Array([1, 2]), Buffer.from('text'))))
      assert.deepEqual(kind.differences, [{ path: 'frames[2].type', recorded: 'text', incoming: 'binary' }])
    })

    it('is redacted in the same way as the recorded one', async () => {
      process.env['FAKE_API_KEY'] = 'first-secret-key-of-the-test'
      try {
        await on.serve((socket) => socket.on('message', (data) => socket.send(data as Buffer)))
        await on.record(() =>
          say(on.open(), JSON.stringify({ key: process.env['FAKE_API_KEY'], password: 'a-pass' })),
        )
        assert.doesNotMatch(on.read(), /first-secret|a-pass/)
        process.env['FAKE_API_KEY'] = 'second-secret-key-of-the-test'
        const said = JSON.stringify({ key: process.env['FAKE_API_KEY'], password: 'another' })
        assert.equal((await on.replay(() => say(on.open(), said))).length, 3)
      } finally {
        delete process.env['FAKE_API_KEY']
      }
    })

    it('ends the connection and fails the run if a function of the user throws for it', async () => {
      await on.record(() => say(on.open(), 'one'))
      const broken = new Error('matcher at fault')
      const matchOn = (): never => {
        throw broken
      }
      let heard: unknown
      const run = on.replay(
        async () => {
          heard = (await say(on.open(), 'one')).at(-1)
        },
        { websocket: { matchOn } },
      )
      await assert.rejects(run, broken)
      assert.deepEqual(heard, ['close', 1008, 'matcher at fault'])
    })

    it('may be a close that comes early: the server closes, too', async () => {
      await on.record(() => say(on.open(), 'one', 'two'))
      const heard = await on.replay(() => say(on.open(), 'one'))
      assert.deepEqual(heard.at(-1), ['close', 1000, ''])
    })
  })

  describe('a miss', () => {
    for (const client of SOCKET_CLIENTS) {
      it(`names frame and path, and closes the client's socket at once: ${client.name}`, async () => {
        await on.record(() => say(on.open('/chat', client), 'first', item('hi')))
        await on.server.close()
        let heard: readonly Heard[] = []
        const elapsed = stopwatch()
        const run = on.replay(async () => {
          heard = await say(on.open('/chat', client), 'first', item('ho'))
          return 'swallowed'
        })
        const miss = await missOf(run)
        assert.ok(elapsed() < 1500)
        assert.deepEqual(miss.differences, [
          { path: 'frames[2].item.content[0].text', recorded: 'hi', incoming: 'ho' },
        ])
        assert.match(miss.message, /^frames\[2\]\.item\.content\[0\]\.text is not what the client had said/)
        const [kind, code, reason] = heard.at(-1) ?? []
        assert.deepEqual([kind, code], ['close', 1008])
        assert.match(String(reason), /^frames\[2\]\.item\.content\[0\]\.text is not what/)
      })
    }

    it('is a message after the last one of the recorded client', async () => {
      await on.record(() => say(on.open(), 'one'))
      const miss = await missOf(on.replay(() => say(on.open(), 'one', 'two')))
      assert.deepEqual(miss.differences, [{ path: 'frames[2]', recorded: { close: 1000 }, incoming: 'two' }])
    })

    it('is a message after the end of a recording that was cut short', async () => {
      await on.record(async () => {
        const line = on.open()
        await line.next()
        line.send('one')
        await line.next()
      })
      assert.match(on.read(), /incomplete: true/)
      const miss = await missOf(on.replay(() => say(on.open(), 'one', 'two')))
      assert.deepEqual(miss.differences, [{ path: 'frames[2]', recorded: undefined, incoming: 'two' }])
    })

    it('is an address, a query, a subprotocol or a plain GET that was not recorded', async () => {
      await on.serve(counting, { handleProtocols: (offered) => [...offered][0] ?? false })
      await on.record(() => say(ws.open(`${on.server.url}/chat?model=a`, ['one']), 'x'))
      const others: (() => Promise<unknown>)[] = [
        () => say(ws.open(`${on.server.url}/chat?model=b`, ['one']), 'x'),
        () => say(ws.open(`${on.server.url}/other?model=a`, ['one']), 'x'),
        () => say(ws.open(`${on.server.url}/chat?model=a`, ['two']), 'x'),
        () => say(ws.open(`${on.server.url}/chat?model=a`), 'x'),
        async () => (await fetch(`${on.server.url.replace('ws', 'http')}/chat?model=a`)).text(),
      ]
      for (const other of others) await missOf(on.replay(async () => other().catch(() => 'refused')))
      assert.equal(
        (await on.replay(() => say(ws.open(`${on.server.url}/chat?model=a`, ['one']), 'x'))).length,
        3,
      )
    })
  })

  describe('a subprotocol that is a credential, and that the server chooses', () => {
    for (const client of SOCKET_CLIENTS)
      it(`is not in the file, and is the client's own in replay: ${client.name}`, async () => {
        await on.serve(counting, { handleProtocols: (offered) => [...offered].at(-1) ?? false })
        const talk = (secret: string) => (): Promise<unknown> =>
          say(client.open(on.server.url, ['bearer', secret]), 'x')
        const live = (await on.record(talk('zyxwvu'))) as Heard[]
        assert.deepEqual(live[0], ['open', 'zyxwvu'])
        assert.doesNotMatch(on.read(), /zyxwvu/)
        assert.deepEqual(await on.replay(talk('another')), [['open', 'another'], ...live.slice(1)])
      })
  })
})
