import assert from 'node:assert/strict'
import { bodyOf, redactorOf, requestOf } from './helpers.ts'

const FORM = 'application/x-www-form-urlencoded'

/** What is left of a request if the environment has this value under a name of secrets. */
function redacted(value: string, name = 'DB_PASSWORD') {
  const redactor = redactorOf(undefined, { [name]: value })
  const url = `https://api.example.com/v1/${value}/x?${value}=1&q=${value}`
  const request = redactor.request(requestOf(JSON.stringify({ [value]: value }), { url }))
  return {
    url: request.url.replace(/=REDACTED-\w+/, '=1'),
    body: bodyOf(request),
    form: bodyOf(redactor.request(requestOf(`${value}=a${value}`, { type: FORM }))),
  }
}

describe('a secret of the environment that may be the name of something', () => {
  for (const value of [
    'messages',
    'tool_choice',
    'pass1234',
    'created_at',
    'correct-horse-battery-staple',
    'hunter2!',
  ])
    it(`stays in names and paths, and is hidden in values: ${value}`, () => {
      assert.deepEqual(redacted(value), {
        url: `https://api.example.com/v1/${value}/x?${value}=1&q=REDACTED`,
        body: JSON.stringify({ [value]: 'REDACTED' }),
        form: `${value}=aREDACTED`,
      })
    })

  for (const value of ['9f8b2c7d1e4a5f60', 'Zq7-secret_value.42', 'QWxhZGRpbjpvcGVuIHNl'])
    it(`is hidden everywhere if it is long and random: ${value}`, () => {
      assert.deepEqual(redacted(value), {
        url: 'https://api.example.com/v1/REDACTED/x?REDACTED=1&q=REDACTED',
        body: '{"REDACTED":"REDACTED"}',
        form: 'REDACTED=aREDACTED',
      })
    })

  it('stays in headers of words', () => {
    const redactor = redactorOf(undefined, { API_SECRET: 'text/event-stream' })
    const { headers } = redactor.request(
      requestOf('{}', { type: 'text/event-stream', headers: [['if-match', 'a text/event-stream']] }),
    )
    assert.deepEqual(headers, [
      ['content-type', 'text/event-stream'],
      ['if-match', 'a REDACTED'],
    ])
  })

  it('is hidden in text, in base64 and in JSON that is quoted', () => {
    const redactor = redactorOf(undefined, { DB_PASSWORD: 'messages' })
    const body = JSON.stringify({ a: JSON.stringify({ messages: 'messages' }), b: btoa('user:messages') })
    const result = bodyOf(redactor.request(requestOf(body)))
    assert.ok(!result.includes('messages'))
    assert.ok(!atob((JSON.parse(result) as { b: string }).b).includes('messages'))
    assert.equal(redactor.text('failed: messages'), 'failed: REDACTED')
  })
})
