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
  it('user.email: that member and no other', () => {
    assert.deepEqual(redacted('user.email'), { ...body, user: { ...body.user, email: 'REDACTED' } })
    assert.deepEqual(redacted('email.user', 'user.email.x', 'users.email'), body)
  })

  it('users[*].ssn: of every element', () => {
    assert.deepEqual(redacted('users[*].ssn'), {
      ...body,
      users: [
        { ssn: 'REDACTED', tags: ['x', 'y'] },
        { ssn: 'REDACTED', address: { ssn: 'deep' } },
      ],
    })
  })

  it('users[1].ssn: of that element only', () => {
    assert.deepEqual(redacted('users[1].ssn'), {
      ...body,
      users: [body.users[0], { ...body.users[1], ssn: 'REDACTED' }],
    })
  })

  it('**.ssn and the bare name: anywhere', () => {
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

  it('user.*: every member, numbers too; [*] does not mean members', () => {
    const all = { email: 'REDACTED', id: 'REDACTED', 'full.name': 'REDACTED' }
    assert.deepEqual(redacted('user.*'), { ...body, user: all })
    assert.deepEqual(redacted('user[*]'), body)
  })

  it('a name with a dot in brackets and quotes, a path that starts with $', () => {
    assert.deepEqual(redacted('user["full.name"]'), {
      ...body,
      user: { ...body.user, 'full.name': 'REDACTED' },
    })
    assert.deepEqual(redacted("$.user['full.name']"), {
      ...body,
      user: { ...body.user, 'full.name': 'REDACTED' },
    })
  })

  it('objects, lists and booleans become a string as a whole; null hides nothing', () => {
    assert.deepEqual(redacted('user', 'users', 'active', 'none'), {
      user: 'REDACTED',
      users: 'REDACTED',
      active: 'REDACTED',
      none: null,
    })
  })

  it('leaves spacing, number spelling and key order of the rest', () => {
    assert.equal(
      redactBody(
        '{ "b" : 1.0,\n  "a": {"x" : [1e3, "s\\u0041"] } , "n":12345678901234567890}',
        {},
        { json: ['a.x'] },
      ),
      '{ "b" : 1.0,\n  "a": {"x" : "REDACTED" } , "n":12345678901234567890}',
    )
  })

  it('means each event of a stream', () => {
    assert.equal(
      redactAnswer(
        sse({ user: 'a', n: 1 }, { user: 'b' }),
        { type: 'text/event-stream' },
        { json: ['user'] },
      ),
      sse({ user: 'REDACTED', n: 1 }, { user: 'REDACTED' }),
    )
  })

  it('a bare name means fields of forms too', () => {
    const type = 'application/x-www-form-urlencoded'
    assert.equal(redactBody('ssn=1&x=2', { type }, { json: ['ssn', 'x.y'] }), 'ssn=REDACTED&x=2')
  })

  it('names beyond ASCII', () => {
    assert.equal(
      redactBody('{"größe":"12","\\u00e4":1}', {}, { json: ['größe', 'ä'] }),
      '{"größe":"REDACTED","\\u00e4":"REDACTED"}',
    )
  })
})
