import assert from 'node:assert/strict'

import { withCassette } from '../../src/index.ts'
import { testBench } from '../helpers/cassette-folder.ts'
import {
  readRealtimeRecordings,
  type RealtimeRecording,
  serveRecording,
  speakRecording,
} from '../helpers/realtime-recordings.ts'
import { fromRoot, shared } from '../helpers/shared.ts'
import { keys, SOCKET_CLIENTS } from '../helpers/websocket-clients.ts'
import { startWebSocketServer } from '../helpers/websocket-server.ts'

function describeRecordings(recordings: readonly RealtimeRecording[]): void {
  const bench = testBench(() => {})
  for (const recording of recordings) {
    describe(recording.name, () => {
      for (const client of SOCKET_CLIENTS) {
        it(client.name, async () => {
          const server = await startWebSocketServer(serveRecording(recording), { tls: keys })
          try {
            const url = `${server.url}/v1/realtime?model=gpt-realtime&api_key=sk-1234567890abcdef1234567890`
            const run = (): Promise<string[]> => speakRecording(recording, client.open(url))
            const wanted = recording.messages.filter(({ from }) => from === 'server').map(({ text }) => text)
            assert.deepEqual(await withCassette(bench.path(), { mode: 'once' }, run), wanted)
            await server.close()
            assert.deepEqual(await withCassette(bench.path(), { mode: 'none' }, run), wanted)
            assert.equal(server.opened, 1)
            const file = bench.read() ?? ''
            assert.doesNotMatch(file, /sk-1234567890/)
            for (const { from } of recording.messages) assert.match(file, new RegExp(`- \\{?${from}:`))
          } finally {
            await server.close()
          }
        })
      }
    })
  }
}

describe('real realtime sessions are recorded, and replay without their server', () => {
  describe('two of them', () =>
    describeRecordings(readRealtimeRecordings(fromRoot('test/fixtures/websocket'))))

  describe('all of them', () => {
    const folder = shared('corpus/websocket')
    if (folder) describeRecordings(readRealtimeRecordings(folder))
    else
      it('is skipped, because ../shared/corpus does not exist', function () {
        this.skip()
      })
  })
})
