import assert from 'node:assert/strict'
import { redactAnswer, redactBody, SECRET } from './helpers.ts'

const json = (value: unknown, url?: string): unknown =>
  JSON.parse(redactBody(JSON.stringify(value), url === undefined ? {} : { url }))

/** Redaction does not change a byte of this body. */
const unchanged = (value: unknown, url?: string): void => {
  const text = JSON.stringify(value)
  assert.equal(redactBody(text, url === undefined ? {} : { url }), text)
  assert.equal(redactAnswer(text, url === undefined ? {} : { url }), text)
}

describe('fields of JSON bodies', () => {
  for (const name of `access_token refresh_token id_token client_secret client_assertion code_verifier subject_token api_key apiKey x-api-key private_key SecretAccessKey SessionToken password authorization authorization_token authToken csrf-token passphrase connectionString`.split(
    /\s+/,
  )) {
    it(`hide a string with the name ${name} at any depth`, () => {
      assert.deepEqual(json({ a: [{ [name]: 'value' }] }), { a: [{ [name]: 'REDACTED' }] })
      unchanged({ [name]: { type: 'string' }, a: { [name]: null }, b: { [name]: 5 }, c: { [name]: '' } })
    })
  }

  it('keep what LLM traffic calls token, code, key, signature and so on', () => {
    unchanged({
      choices: [{ logprobs: { content: [{ token: 'Hello', top_logprobs: [{ token: 'Hi' }] }] } }],
      content: [
        { type: 'thinking', signature: 'EqoBCkgIBRABGAIiQL' },
        {
          type: 'tool_use',
          input: { code: 'print(1)', key: 'value', token: 'x', secret: 'agent', max_tokens: 5 },
        },
      ],
      error: { code: 'invalid_request', type: 'x' },
      usage: { input_tokens: 5 },
      code: 'rate_limited',
      token: 'x',
      key: 'k',
      nextPageToken: 'abc',
      tools: [
        {
          name: 'login',
          input_schema: { properties: { password: { type: 'string' } }, required: ['password'] },
        },
      ],
    })
  })

  it('hide ambiguous names at the top of a body whose fields or URL are those of a token endpoint', () => {
    assert.deepEqual(json({ grant_type: 'authorization_code', code: 'abc', sub: { code: 'x' } }), {
      grant_type: 'authorization_code',
      code: 'REDACTED',
      sub: { code: 'x' },
    })
    assert.deepEqual(json({ token: 'abc', expires_in: 300 }), { token: 'REDACTED', expires_in: 300 })
    assert.deepEqual(json({ token: 'abc' }, 'https://a.example/oauth/token'), { token: 'REDACTED' })
    unchanged({ token: 'abc' }, 'https://a.example/v1/tokenize')
  })

  it('hide ephemeral realtime secrets', () => {
    assert.deepEqual(json({ client_secret: { value: 'ek_1', expires_at: 1 } }), {
      client_secret: { value: 'REDACTED', expires_at: 1 },
    })
    const url = 'https://api.openai.com/v1/realtime/client_secrets'
    const answer = JSON.stringify({ value: 'ek_1', session: { value: 'x' } })
    assert.equal(redactAnswer(answer, { url }), '{"value":"REDACTED","session":{"value":"x"}}')
    unchanged({ value: 'x' })
  })

  it('hide the credentials of an MCP tool', () => {
    const tool = {
      type: 'mcp',
      server_url: 'https://m.example/',
      authorization: 'x',
      headers: { 'X-Key': 'y', Accept: 'z' },
    }
    assert.deepEqual(json({ tools: [tool], session: { tools: [tool] } }), {
      tools: [{ ...tool, authorization: 'REDACTED', headers: { 'X-Key': 'REDACTED', Accept: 'REDACTED' } }],
      session: {
        tools: [{ ...tool, authorization: 'REDACTED', headers: { 'X-Key': 'REDACTED', Accept: 'REDACTED' } }],
      },
    })
    assert.deepEqual(json({ mcp_servers: [{ type: 'url', url: 'u', authorization_token: 'x' }] }), {
      mcp_servers: [{ type: 'url', url: 'u', authorization_token: 'REDACTED' }],
    })
    unchanged({ tools: [{ type: 'mcp', headers: null }] })
  })

  it('hide credentials in headers that are echoed', () => {
    assert.deepEqual(json({ headers: { Accept: '*/*', Cookie: 'a=b', 'X-Auth-Token': 'x', Host: 'h' } }), {
      headers: { Accept: '*/*', Cookie: 'REDACTED', 'X-Auth-Token': 'REDACTED', Host: 'h' },
    })
  })

  it('stay visible if redact.keep has their name', () => {
    assert.equal(
      redactBody('{"password":"x","api_key":"y"}', {}, { keep: ['Password'] }),
      '{"password":"x","api_key":"REDACTED"}',
    )
  })

  it('are read by the shape of the body if its type does not tell', () => {
    for (const type of [
      'text/plain',
      'application/octet-stream',
      'application/problem+json',
      'text/event-stream',
    ])
      assert.equal(redactBody('{"password":"x"}', { type }), '{"password":"REDACTED"}')
  })
})

describe('known secrets in JSON bodies', () => {
  it('are removed without a change of spacing, numbers, escapes or the order of keys', () => {
    assert.equal(
      redactBody(`{ "z" : 1.0,\r\n "a":["\\u0041 ${SECRET} \\/"], "z":1e5 }\n`),
      '{ "z" : 1.0,\r\n "a":["\\u0041 REDACTED \\/"], "z":1e5 }\n',
    )
  })

  it('are removed from names and from values', () => {
    assert.deepEqual(json({ [SECRET]: { [`x${SECRET}`]: SECRET } }), { REDACTED: { xREDACTED: 'REDACTED' } })
  })

  it('are removed from base64, which stays base64', () => {
    const before = { a: btoa(`user:${SECRET}`), b: btoa(`{"k":"${SECRET}","n":1}`) }
    const after = json(before) as typeof before
    assert.match(atob(after.a), /^user:REDACTED\.*$/)
    assert.match(atob(after.b), /^\{"k":"REDACTED\.*","n":1\}$/)
  })

  it('are found in text that is quoted twice and has other text that looks encoded', () => {
    const secret = '00A0a+a+/0\nAaa/0++/a+'
    const quoted = (value: string): string => JSON.stringify({ text: JSON.stringify({ a: `%${value}` }) })
    const hidden = JSON.stringify({ text: JSON.stringify({ a: 'REDACTED' }) })
    assert.equal(redactBody(quoted(secret), {}, { patterns: [secret] }), hidden)
  })

  it('that are numbers become strings', () => {
    assert.equal(
      redactBody('{"a":12345678901,"b":[1]}', {}, { patterns: ['12345678901'] }),
      '{"a":"REDACTED","b":[1]}',
    )
  })

  it('that consist of punctuation are removed, and the JSON stays JSON', () => {
    assert.equal(redactBody('{"a":["abcd","efgh"],"b":1}', {}, { patterns: ['abcd","efgh'] }), '"REDACTED"')
  })

  it('are removed without cutting an escape in two', () => {
    assert.equal(redactBody('{"a":"x\\nabcdefgh"}', {}, { patterns: ['nabcdefgh'] }), '{"a":"xREDACTED"}')
    assert.equal(redactBody('{"a":"abcdefgh\\\\"}', {}, { patterns: ['abcdefgh\\'] }), '{"a":"REDACTED"}')
  })

  it('are found in a body that is not JSON or is cut short', () => {
    assert.equal(redactBody(`{"password":"x","a":"${SECRET}`), '{"password":"REDACTED","a":"REDACTED')
    assert.equal(redactBody(`{oops ${SECRET}}`), '{oops REDACTED}')
    assert.equal(redactBody('[oops] x\n{"password":"x"}\n'), '[oops] x\n{"password":"REDACTED"}\n')
  })

  it('are removed without a change of bytes that are not UTF-8', () => {
    const body = Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xff, 0xc3]), Buffer.from(`${SECRET}"}`)])
    const type = 'text/plain'
    const latin1 = (text: string): string => Buffer.from(text).toString('latin1')
    assert.equal(
      latin1(redactBody(body, { type })),
      latin1(Buffer.concat([body.subarray(0, 8), Buffer.from('REDACTED"}')]).toString()),
    )
  })
})
