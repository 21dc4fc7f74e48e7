import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'

import { parse } from 'yaml'

import { withCassette } from '../../src/index.ts'
import { testBench } from '../helpers/cassette-folder.ts'
import { fromRoot, shared } from '../helpers/shared.ts'
import { networkUse } from './grpc/network-use.ts'
import { CHAT_PROTO, makeCalls, readRecording, serveRecordings } from './grpc/recordings.ts'

/** Reads each response in the file as a person would see it. */
interface Stored {
  readonly interactions: readonly {
    readonly response: {
      readonly body: {
        readonly grpc: readonly {
          readonly json: { readonly outputs?: unknown; readonly model?: string }
          readonly base64: string
        }[]
      }
    }
  }[]
}

function describeRecordings(title: string, files: () => readonly string[]): void {
  describe(title, function () {
    const bench = testBench(() => {})
    before(function () {
      if (files().length === 0) this.skip()
    })

    it('are recorded from a gRPC server and replay without it', async () => {
      for (const file of files()) {
        const calls = readRecording(file)
        const name = basename(file)
        const live = await serveRecordings(calls)
        const direct = await makeCalls(calls, live.client())
        live.stop()
        const { client, stop } = await serveRecordings(calls)
        const recorded = await withCassette(bench.path(name), { mode: 'all' }, () =>
          makeCalls(calls, client()),
        )
        stop()
        assert.deepEqual(recorded, direct, name)
        const use = networkUse()
        const replayed = await withCassette(bench.path(name), { mode: 'none', strict: true }, () =>
          makeCalls(calls, client()),
        )
        assert.deepEqual(replayed, direct, name)
        assert.deepEqual(use.stop(), [], name)
        const { interactions } = parse(bench.read(name) ?? '') as Stored
        const stored = interactions.map(({ response }) => response.body.grpc)
        assert.deepEqual(
          stored.map((messages) => messages.map(({ base64 }) => base64)),
          calls.map(({ responses }) => responses.map((bytes) => bytes.toString('base64'))),
          `${name}: the exact bytes`,
        )
        assert.deepEqual(
          stored.map((messages) => messages.map(({ json }) => json.outputs)),
          calls.map(({ said }) => said),
          `${name}: the decoded messages`,
        )
      }
    }).timeout(120_000)

    it('are just as readable with the option grpc.protos', async () => {
      const [file = ''] = files()
      const calls = readRecording(file)
      const { client, stop } = await serveRecordings(calls)
      await withCassette(bench.path(), { mode: 'all', grpc: { protos: [CHAT_PROTO] } }, () =>
        makeCalls(calls, client()),
      )
      stop()
      const { interactions } = parse(bench.read() ?? '') as Stored
      const [message] = interactions[0]?.response.body.grpc ?? []
      assert.match(message?.json.model ?? '', /^grok-4/)
    })
  })
}

describeRecordings('a recorded xAI call', () => [fromRoot('test/fixtures/grpc/grok-thinking.yaml')])

describeRecordings('the recorded xAI calls (needs ../shared/corpus)', () => {
  const folder = shared('corpus/grpc')
  return folder === undefined ? [] : readdirSync(folder).map((file) => join(folder, file))
})
