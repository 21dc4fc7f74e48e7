import assert from 'node:assert/strict'

import { Cassette } from '../../../src/cassette/cassette.ts'
import { requestToInteraction } from '../../../src/cassette/convert.ts'
import { interactionText } from '../../../src/cassette/interaction-text.ts'
import type { ExchangeRequest } from '../../../src/exchange/exchange.ts'
import { fingerprint } from '../../../src/fingerprint/fingerprint.ts'
import { nearestRecording } from '../../../src/session/replaying/nearest-recording.ts'
import { stopwatch } from '../../helpers/stopwatch.ts'
import { Playback } from '../../../src/session/replaying/playback.ts'

const LOREM = 'lorem ipsum dolor sit amet '.repeat(8)

function chat(conversation: number, question: string): ExchangeRequest {
  const messages = Array.from({ length: 5 }, (_, turn) => ({
    role: turn % 2 === 0 ? 'user' : 'assistant',
    content: `${turn} of conversation ${conversation}: ${LOREM}`,
  }))
  return {
    method: 'POST',
    url: 'https://api.example.com/v1/chat/completions',
    headers: [['content-type', 'application/json']],
    body: Buffer.from(
      JSON.stringify({ model: 'm', messages: [...messages, { role: 'user', content: question }] }),
    ),
  }
}

function textOf(request: ExchangeRequest): string {
  const print = fingerprint(request)
  return interactionText({
    id: print.matchKey.slice(0, 16),
    recorded_at: '2026-11-21T12:12:37.896Z',
    request: requestToInteraction(request),
    match: { key: print.matchKey, semantic_key: print.semanticKey, on: print.on, api: print.api, v: 2 },
    response: { status: 200, headers: {} },
  })
}

describe('the nearest of 10,000 recordings', function () {
  this.timeout(60_000)
  let playback: Playback
  before(() => {
    const texts = Array.from({ length: 10_000 }, (_, at) => textOf(chat(at, `What is ${at}?`)))
    const file = Buffer.from(`version: 1\ninteractions:\n${texts.join('')}`)
    playback = new Playback(Cassette.parse(file, 'x.yaml').entries, {
      matcher: undefined,
      allowRepeats: false,
    })
  })

  it('is found within 300 ms', () => {
    for (const at of [0, 4711, 9999]) {
      const request = chat(at, 'What else?')
      const stored = requestToInteraction(request)
      const watch = stopwatch()
      const found = nearestRecording({ request, stored }, playback.recordings, {})
      const took = watch()
      assert.equal(found?.recording.position, at)
      const paths = found.differences.map(({ path }) => path)
      assert.deepEqual(paths, ['messages[5].content'])
      assert.ok(took < 300, `${took} ms`)
    }
  })
})
