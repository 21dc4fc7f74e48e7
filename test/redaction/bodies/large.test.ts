import assert from 'node:assert/strict'

import { LARGE_BYTES } from '../../../src/redaction/bodies/large.ts'
import { RedactionError } from '../../../src/errors/redaction-error.ts'
import { exchangeOf, redactorOf } from '../helpers.ts'

const SECRET = 'pa55-Word_of-the-Environment'
const GITHUB = 'ghp_' + 'aB3dE5gH7jK9'.repeat(3)
const WINDOW = 4 * 1024 * 1024

describe('a body of more than 16 MiB', () => {
  const redactor = redactorOf(undefined, { SERVICE_TOKEN: SECRET })
  const redacted = (body: Buffer, type: string): Buffer => {
    const cuts = Array.from({ length: Math.floor(body.length / 65_536) }, (_, index) => (index + 1) * 65_536)
    const { response } = redactor.exchange(exchangeOf(body, { type, cuts }))
    return Buffer.concat((response?.chunks ?? []).map(({ data }) => data))
  }
  /** A body, and its offset before each end of a window and of a chunk. */
  const filled = (fill: string | Uint8Array, secrets: readonly string[]): Buffer => {
    const body = Buffer.alloc(LARGE_BYTES + 1000, fill)
    for (let window = 1; window <= 4; window++)
      body.write(` ${secrets[window % secrets.length] ?? ''} `, window * WINDOW - 3 - 7 * window)
    return body
  }

  it('of text has no secret left, also where the search goes on, and no other byte is changed', () => {
    const jwt = `eyJ${'hbGciOiJIUzI1NiJ9'.repeat(3)}.eyJ${'a1B2'.repeat(30_000)}.${'s1G-'.repeat(20)}`
    const body = filled('some words of a long text\n', [GITHUB, SECRET])
    body.write(` ${jwt} `, 2 * WINDOW + 1000)
    const text = redacted(body, 'text/plain').toString()
    assert.equal(
      text,
      body.toString().replaceAll(GITHUB, 'REDACTED').replaceAll(SECRET, 'REDACTED').replace(jwt, 'REDACTED'),
    )
    assert.equal(text.split('REDACTED').length, 6)
  })

  it('of other bytes keeps its length', () => {
    const body = filled(Buffer.from([0, 1, 254, 255, 7]), [SECRET])
    const bytes = redacted(body, 'application/octet-stream')
    assert.equal(bytes.length, body.length)
    assert.ok(body.includes(SECRET) && !bytes.includes(SECRET.slice(-8)))
  })

  it('is the same object if it has no secret', () => {
    const exchange = exchangeOf(Buffer.alloc(LARGE_BYTES + 1, 'words '), { type: 'text/plain' })
    assert.equal(redactor.exchange(exchange).response?.chunks[0]?.data, exchange.response?.chunks[0]?.data)
  })

  it('of JSON is refused if it is too large for one string', () => {
    const body = Buffer.alloc(256 * 1024 * 1024 + 1, ' ')
    body.write('[')
    assert.throws(
      () => redactor.exchange(exchangeOf(body, { type: 'application/json' })),
      (error) => {
        assert.ok(
          error instanceof RedactionError && error.message.includes(String(body.length)),
          String(error),
        )
        return true
      },
    )
  })
})
