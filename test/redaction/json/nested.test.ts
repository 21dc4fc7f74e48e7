import assert from 'node:assert/strict'

import { redactAnswer, redactBody } from '../helpers.ts'

const json = JSON.stringify
const redacted = (value: unknown): unknown => JSON.parse(redactAnswer(json(value)))

describe('JSON in a string of JSON', () => {
  it('hides what its names make a secret, at any depth, and keeps the rest as it is written', () => {
    const secret = { user: 'ann', password: 'short', näme: 'ü\n"' }
    const hidden = { ...secret, password: 'REDACTED' }
    assert.deepEqual(redacted({ SecretString: json(secret) }), { SecretString: json(hidden) })
    assert.deepEqual(redacted([json({ a: json({ b: json([secret]) }) })]), [
      json({ a: json({ b: json([hidden]) }) }),
    ])
    const written = String.raw`{"x":" \n{\"a\":\"\\u0041\\/\",\"client_secret\":\"p\\\"w\"}"}`
    assert.equal(redactAnswer(written), written.replace(String.raw`p\\\"w`, 'REDACTED'))
  })

  it('is read in requests, NDJSON and events, too', () => {
    const line = json({ x: json({ password: 'short' }) })
    const hidden = json({ x: json({ password: 'REDACTED' }) })
    assert.equal(redactBody(line), hidden)
    assert.equal(
      redactAnswer(`${line}\n${line}\n`, { type: 'application/x-ndjson' }),
      `${hidden}\n${hidden}\n`,
    )
    assert.equal(redactAnswer(`data: ${line}\n\n`, { type: 'text/event-stream' }), `data: ${hidden}\n\n`)
  })

  it('is not read if it is cut or something else, and not in the messages of a chat', () => {
    for (const text of [
      '{"password":"short"',
      '{"password":"short"} and more',
      '{password: "short"}',
      '[[[',
      '{}',
    ])
      assert.equal(redactAnswer(json({ x: text })), json({ x: text }))
    const chat = json({
      model: 'm',
      messages: [{ role: 'user', content: json({ password: 'short' }) }],
      tools: [],
    })
    assert.equal(redactBody(chat, { url: 'https://api.openai.com/v1/chat/completions' }), chat)
  })

  it('is read without the paths of the user: these begin at the body', () => {
    const body = json({ x: json({ user: { email: 'a@b.example' } }) })
    assert.equal(redactBody(body, {}, { json: ['user.email'] }), body)
  })
})

describe('a value that a member beside it names', () => {
  const key = 'dGhpcyBpcyBub3QgYSByZWFsIGtleQ0J1x7Zq2Vb9Lm8Kp4Rt6Yw3Nc5Hd1Fg=='
  it('is hidden if that is the name of a credential, in any order', () => {
    for (const [member, name] of [
      ['keyName', 'key1'],
      ['name', 'API_KEY'],
      ['Name', 'DB_TOKEN'],
      ['key', 'SigningSecret'],
    ] as const)
      for (const one of [
        { [member]: name, value: key },
        { value: key, permissions: 'FULL', [member]: name },
      ])
        assert.deepEqual(redacted({ keys: [one, { value: key }] }), {
          keys: [{ ...one, value: 'REDACTED' }, { value: key }],
        })
    assert.deepEqual(redacted({ headers: [{ name: 'Authorization', value: 'x' }] }), {
      headers: [{ name: 'Authorization', value: 'REDACTED' }],
    })
  })

  it('stays if the name is another, or the value does not look like a credential', () => {
    for (const one of [
      { name: 'colour', value: key },
      { keyName: 'key1', value: 'plain words' },
      { name: 'primary_key', value: 'users.id' },
      { name: 'API_KEY', other: key },
    ])
      assert.deepEqual(redacted([one]), [one])
  })
})
