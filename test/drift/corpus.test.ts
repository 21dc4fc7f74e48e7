import assert from 'node:assert/strict'
import { basename } from 'node:path'

import { compareResponses, digest, type DriftResponse } from '../../src/drift.ts'
import { fingerprint, type MatchRequest } from '../../src/matching.ts'
import { bodyOf, type FixtureExchange, readExchangeFiles } from '../helpers/exchange-files.ts'
import { readRealtimeRecordings } from '../helpers/realtime-recordings.ts'
import { fromRoot, shared } from '../helpers/shared.ts'

const path = shared('corpus/http') ?? fromRoot('test/fixtures/exchanges')

const apiOf = ({ request }: FixtureExchange): ReturnType<typeof fingerprint> =>
  fingerprint({
    method: request.method,
    url: request.url,
    headers: request.headers,
    body: request.bodyBase64 === '' ? null : bodyOf(request),
  } satisfies MatchRequest)

const responseOf = ({ response }: FixtureExchange): DriftResponse => ({
  status: response.status,
  headers: response.headers,
  body: bodyOf(response),
})

describe('digests of recorded traffic', () => {
  for (const file of readExchangeFiles(path)) {
    it(`${basename(file.path)}: each answer is read, and identical to itself`, () => {
      for (const exchange of file.exchanges) {
        const { api, op } = apiOf(exchange)
        const response = responseOf(exchange)
        const found = digest(response, { api })
        assert.deepEqual(compareResponses(response, response, { api }), { verdict: 'identical', changes: [] })
        assert.equal(found.ok, response.status < 400 && found.error === undefined)
        if (!found.ok) assert.notEqual(found.error?.message, '')
        else if (op === 'chat' && found.body === undefined)
          assert.ok(
            found.choices.some(
              ({ text, tool_calls: calls, finish, truncated }) =>
                text !== '' || calls.length > 0 || finish !== null || truncated,
            ),
          )
        else if (op === 'embeddings') assert.ok((found.vectors ?? []).length > 0)
      }
    })
  }
})

describe('digests of recorded realtime sessions', () => {
  const sessions = readRealtimeRecordings(shared('corpus/websocket') ?? fromRoot('test/fixtures/websocket'))
  for (const { name, messages } of sessions) {
    it(`${name}: every answer of the session is whole`, () => {
      const said = messages.filter(({ from }) => from === 'server')
      const response = { status: 101, messages: said.map(({ text }) => JSON.parse(text)) }
      const { choices, body } = digest(response, { api: 'websocket' })
      assert.ok(choices.length > 0)
      assert.equal(body, undefined)
      for (const { text, tool_calls: calls, finish, truncated } of choices) {
        assert.ok(text !== '' || calls.length > 0)
        assert.deepEqual([finish, truncated], [calls.length > 0 ? 'tool_calls' : 'stop', false])
      }
    })
  }
})

describe('digests of an answer that was recorded as JSON and as a stream', () => {
  const file = shared(
    'corpus/http/models__test_openai_responses__test_background_mode_streaming_continuation_vcr.jsonl',
  )
  const [first] = file === undefined ? [] : readExchangeFiles(file)
  if (first !== undefined)
    it('are the same', () => {
      const choices = first.exchanges.map(
        (exchange) => digest(responseOf(exchange), { api: 'openai-responses' }).choices,
      )
      assert.ok(choices.length > 1)
      for (const other of choices) assert.deepEqual(other, choices[0])
    })
})
