import assert from 'node:assert/strict'

import { withCassette } from '../../../src/index.ts'
import { testBench } from '../../helpers/cassette-folder.ts'
import { type Heard, keys, type Line, SOCKET_CLIENTS } from '../../helpers/websocket-clients.ts'
import { type Serve, type SocketServer, startWebSocketServer } from '../../helpers/websocket-server.ts'

/** Greets, echoes, and closes on request. */
const echo: Serve = (socket) => {
  socket.send('{"type": "hello", "from": "server"}')
  socket.on('message', (data, isBinary) => {
    const text = (data as Buffer).toString()
    if (text === 'close me') socket.close(4001, 'as you wish')
    else if (text === 'cut me') socket.terminate()
    else socket.send(isBinary ? (data as Buffer) : `echo ${text}`, { binary: isBinary })
  })
}

/** Sends each message and waits for its answer, then sends the last message. */
async function talk(line: Line, said: readonly (string | Uint8Array)[], last: () => void): Promise<Heard[]> {
  assert.equal((await line.next())[0], 'open')
  assert.equal((await line.next())[0], 'text')
  for (const one of said) {
    line.send(one)
    await line.next()
  }
  last()
  return [...(await line.closed)]
}

describe('a WebSocket is recorded, and replayed with its server gone', () => {
  const bench = testBench(() => {})
  const running: { server?: SocketServer } = {}
  const at = (): SocketServer => {
    assert.ok(running.server)
    return running.server
  }
  afterEach(() => at().close())

  for (const { name, open } of SOCKET_CLIENTS) {
    for (const tls of [undefined, keys]) {
      describe(`${name}, ${tls ? 'wss' : 'ws'}`, () => {
        beforeEach(async () => {
          running.server = await startWebSocketServer(echo, {
            ...(tls ? { tls } : {}),
            handleProtocols: (offered) => [...offered].at(-1) ?? false,
          })
        })

        const recordedAndReplayed = async (run: (line: Line) => Promise<Heard[]>): Promise<Heard[]> => {
          const once = (): Promise<Heard[]> => run(open(`${at().url}/v1/talk?a=1`, ['one', 'two']))
          const live = await once()
          const recorded = await withCassette(bench.path(), { mode: 'once' }, once)
          assert.deepEqual(recorded, live)
          const { opened } = at()
          await at().close()
          const replayed = await withCassette(bench.path(), { mode: 'none' }, once)
          assert.deepEqual(replayed, recorded)
          assert.equal(at().opened, opened)
          return replayed
        }

        it('text and bytes in both directions; the client closes', async () => {
          const heard = await recordedAndReplayed((line) =>
            talk(line, ['one', new Uint8Array([0, 255, 7]), '{"n": 1}', 'ü😀'], () =>
              line.close(1000, 'done'),
            ),
          )
          assert.deepEqual(heard, [
            ['open', 'two'],
            ['text', '{"type": "hello", "from": "server"}'],
            ['text', 'echo one'],
            ['binary', '00ff07'],
            ['text', 'echo {"n": 1}'],
            ['text', 'echo ü😀'],
            ['close', 1000, 'done'],
          ])
        })

        it('the server closes with a code and a reason', async () => {
          const heard = await recordedAndReplayed((line) => talk(line, ['one'], () => line.send('close me')))
          assert.deepEqual(heard.at(-1), ['close', 4001, 'as you wish'])
        })

        it('the server cuts the connection', async () => {
          const heard = await recordedAndReplayed((line) => talk(line, ['one'], () => line.send('cut me')))
          assert.deepEqual(heard.at(-1), ['close', 1006, ''])
        })
      })
    }
  }
})
