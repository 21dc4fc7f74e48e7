import assert from 'node:assert/strict'
import { basename } from 'node:path'

import { compareResponses, digest, type DriftResponse } from '../../src/drift.ts'
import { fingerprint, type MatchRequest } from '../../src/matching.ts'
import { bodyOf, type FixtureExchange, readExchangeFiles } from '../helpers/exchange-files.ts'
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
