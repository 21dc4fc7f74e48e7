import assert from 'node:assert/strict'

import type { Exchange, ExchangeRequest } from '../../src/exchange/exchange.ts'
import { createRedactor } from '../../src/redaction/redactor.ts'

const request: ExchangeRequest = {
  method: 'POST',
  url: 'https://api.example.com/v1',
  headers: [['content-type', 'text/plain']],
  body: Buffer.from('the word is plain-word-of-late'),
}
const exchange: Exchange = { recordedAt: '2026-01-01T00:00:00.000Z', request }

describe('a request that a look-up has redacted', () => {
  it('is not redacted again for the file', () => {
    const redactor = createRedactor({ env: { MY_TOKEN: 'plain-word-of-late' } })
    const known = redactor.request(request)
    assert.doesNotMatch(String(known.body), /plain-word-of-late/)
    assert.equal(redactor.exchange(exchange, undefined, known).request, known)
  })

  it('is redacted again if a secret has become known since', () => {
    const known = createRedactor({ env: {} }).request(request)
    const later = createRedactor({ env: { MY_TOKEN: 'plain-word-of-late' } })
    assert.doesNotMatch(String(later.exchange(exchange, undefined, known).request.body), /plain-word-of-late/)
  })

  it('is given anew to a function of the user, which sees the whole exchange', () => {
    const seen: unknown[] = []
    const redactor = createRedactor({
      env: {},
      redact: [
        (one) => {
          seen.push(one)
          return one
        },
      ],
    })
    const known = redactor.request(request)
    redactor.exchange(exchange, undefined, known)
    assert.equal(seen.length, 2)
  })
})
