import assert from 'node:assert/strict'
import { exchangeOf, redactorOf, SECRET } from '../helpers.ts'

const redacted = (text: string): string => redactorOf().text(text)

describe('the text of a message', () => {
  it('loses known secrets, plain and encoded', () => {
    assert.equal(redacted(`a ${SECRET} b ${btoa(`:${SECRET}:`)} c`), `a REDACTED b ${btoa(':REDACTED..:')} c`)
  })

  it('loses the secrets of its URLs, but no punctuation and no anchors', () => {
    assert.equal(
      redacted(
        'GET https://u:p@a.example/x?key=9f8b2c7d1e4a5f60718293a4&code=9f8b2c7d1e4a5f60718293a4, see <https://docs.example/a#modes>.',
      ),
      'GET https://REDACTED@a.example/x?key=REDACTED&code=REDACTED, see <https://docs.example/a#modes>.',
    )
    assert.equal(redacted('https://a.example/#access_token=abc'), 'https://a.example/')
  })

  it('hides headers in the forms of logs', () => {
    assert.equal(redacted('authorization: Bearer abc'), 'authorization: Bearer REDACTED')
    assert.equal(redacted("{ 'x-api-key': 'abc', accept: 'b' }"), "{ 'x-api-key': 'REDACTED', accept: 'b' }")
    assert.equal(redacted('{"Set-Cookie":"a=b; Path=/"}'), '{"Set-Cookie":"REDACTED; Path=/"}')
  })

  it('hides fields in the forms of quoted bodies and inspected objects', () => {
    assert.equal(
      redacted(`{"access_token":"abc","n":"x"} { password: 'abc', token: 'x' } client_secret="x"`),
      `{"access_token":"REDACTED","n":"x"} { password: 'REDACTED', token: 'x' } client_secret="REDACTED"`,
    )
  })

  it('hides the query of a request line', () => {
    assert.equal(
      redacted('POST /v1/x?key=9f8b2c7d1e4a5f60718293a4 failed (/a?token=9f8b2c7d1e4a5f60718293a4).'),
      'POST /v1/x?key=REDACTED failed (/a?token=REDACTED).',
    )
    assert.equal(redacted('and/or? yes/no?x'), 'and/or? yes/no?x')
  })

  it('does not change prose and redacted text', () => {
    for (const text of [
      'token: expected a string',
      'a miss: POST /v1/x, query.page differs',
      'authorization: REDACTED',
      '',
      '\ud800 lone',
    ])
      assert.equal(redacted(text), text)
    const once = redacted('https://a.example/?page=2&key=3 authorization: Bearer x')
    assert.equal(redacted(once), once)
  })

  it('is redacted in the reason, the error message and the trailers of an exchange', () => {
    const exchange = exchangeOf('')
    const redactedExchange = redactorOf().exchange({
      ...exchange,
      response: { ...exchange.response!, reason: `No ${SECRET}`, trailers: [['x-t', SECRET]] },
      failure: {
        name: 'Error',
        message: `connect ${SECRET} https://a.example/?key=9f8b2c7d1e4a5f60718293a4`,
        code: 'ECONNRESET',
      },
    })
    assert.equal(redactedExchange.response?.reason, 'No REDACTED')
    assert.deepEqual(redactedExchange.response?.trailers, [['x-t', 'REDACTED']])
    assert.deepEqual(redactedExchange.failure, {
      name: 'Error',
      message: 'connect REDACTED https://a.example/?key=REDACTED',
      code: 'ECONNRESET',
    })
  })
})
