import assert from 'node:assert/strict'
import { redactBody, redactAnswer, sse } from '../helpers.ts'

const body = {
  user: { email: 'a@b.c', id: 7, 'full.name': 'A B' },
  users: [
    { ssn: '1-1', tags: ['x', 'y'] },
    { ssn: '2-2', address: { ssn: 'deep' } },
  ],
  active: true,
  none: null,
}

const redacted = (...json: readonly string[]): unknown =>
  JSON.parse(redactBody(JSON.stringify(body), {}, { json }))

describe('redact.json', () => {
  it('hides that member and no other for user.email', () => {
    assert.deepEqual(redacted('user.email'), { ...body, user: { ...body.user, email: 'REDACTED' } })
    assert.deepEqual(redacted('email.user', 'user.email.x', 'users.email'), body)
  })

  it('hides the member of every element for users[*].ssn', () => {
    assert.deepEqual(redacted('users[*].ssn'), {
      ...body,
      users: [
        { ssn: 'REDACTED', tags: ['x', 'y'] },
        { ssn: 'REDACTED', address: { ssn: 'deep' } },
      ],
    })
  })

  it('hides the member of that element only for users[1].ssn', () => {
    assert.deepEqual(redacted('users[1].ssn'), {
      ...body,
      users: [body.users[0], { ...body.users[1], ssn: 'REDACTED' }],
    })
  })

  it('hides the member anywhere for **.ssn and for the bare name', () => {
    const everywhere = {
      ...body,
      users: [
        { ssn: 'REDACTED', tags: ['x', 'y'] },
        { ssn: 'REDACTED', address: { ssn: 'REDACTED' } },
      ],
    }
    assert.deepEqual(redacted('**.ssn'), everywhere)
    assert.deepEqual(redacted('ssn'), everywhere)
  })

  it('hides every member, also numbers, for user.*, but no member for [*]', () => {
    const all = { email: 'REDACTED', id: 'REDACTED', 'full.name': 'REDACTED' }
    assert.deepEqual(redacted('user.*'), { ...body, user: all })
    assert.deepEqual(redacted('user[*]'), body)
  })

  it('accepts a name with a dot in brackets and quotes, and a path that starts with $', () => {
    assert.deepEqual(redacted('user["full.name"]'), {
      ...body,
      user: { ...body.user, 'full.name': 'REDACTED' },
    })
    assert.deepEqual(redacted("$.user['full.name']"), {
      ...body,
      user: { ...body.user, 'full.name': 'REDACTED' },
    })
  })

  it('makes objects, lists and booleans one string, and leaves null', () => {
    assert.deepEqual(redacted('user', 'users', 'active', 'none'), {
      user: 'REDACTED',
      users: 'REDACTED',
      active: 'REDACTED',
      none: null,
    })
  })

  it('keeps the spacing, the spelling of numbers and the order of keys', () => {
    assert.equal(
      redactBody(
        '{ "b" : 1.0,\n  "a": {"x" : [1e3, "s\\u0041"] } , "n":12345678901234567890}',
        {},
        { json: ['a.x'] },
      ),
      '{ "b" : 1.0,\n  "a": {"x" : "REDACTED" } , "n":12345678901234567890}',
    )
  })

  it('applies to each event of a stream', () => {
    assert.equal(
      redactAnswer(
        sse({ user: 'a', n: 1 }, { user: 'b' }),
        { type: 'text/event-stream' },
        { json: ['user'] },
      ),
      sse({ user: 'REDACTED', n: 1 }, { user: 'REDACTED' }),
    )
  })

  it('hides the form field too for a bare name', () => {
    const type = 'application/x-www-form-urlencoded'
    assert.equal(redactBody('ssn=1&x=2', { type }, { json: ['ssn', 'x.y'] }), 'ssn=REDACTED&x=2')
  })

  it('accepts names that are not ASCII', () => {
    assert.equal(
      redactBody('{"größe":"12","\\u00e4":1}', {}, { json: ['größe', 'ä'] }),
      '{"größe":"REDACTED","\\u00e4":"REDACTED"}',
    )
  })
})
