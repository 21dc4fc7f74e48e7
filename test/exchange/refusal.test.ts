import assert from 'node:assert/strict'

import { refusal } from '../../src/exchange/refusal.ts'

describe('the refusal of a gRPC call', () => {
  const reply = (message: string, contentType = 'application/grpc') =>
    refusal(new Error(message), [['content-type', contentType]]).reply

  it('is a status alone, which no client retries', () => {
    const { status, headers, chunks } = reply('no recording answers', 'application/grpc+proto') ?? {}
    assert.equal(status, 200)
    assert.deepEqual(headers, [
      ['content-type', 'application/grpc+proto'],
      ['grpc-status', '9'],
      ['grpc-message', 'no recording answers'],
    ])
    assert.deepEqual(chunks, [])
  })

  it('has the message of the error, percent-encoded, and only the beginning of a long one', () => {
    const text = 'line 1\n  line 2: 100 % → ünï\u{1f600}'
    const encoded = reply(text)?.headers.at(-1)?.[1] ?? ''
    assert.match(encoded, /^[ -~]+$/)
    assert.equal(decodeURIComponent(encoded), text)
    const long = reply(text.repeat(2000))?.headers.at(-1)?.[1] ?? ''
    assert.ok(long.length <= 7000 && long.length > 6900)
    assert.ok(text.repeat(2000).startsWith(decodeURIComponent(long)))
  })
})
