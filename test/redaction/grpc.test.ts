import assert from 'node:assert/strict'
import { gzipSync } from 'node:zlib'

import * as fc from 'fast-check'

import { grpcFrame, splitGrpc } from '../../src/exchange/wire/grpc-frame.ts'
import { wireFields } from '../../src/exchange/wire/protobuf-wire.ts'
import { fingerprint } from '../../src/fingerprint/fingerprint.ts'
import { bytes, fixed64, message, text, varint } from '../helpers/protobuf.ts'
import { runs } from '../helpers/runs.ts'
import { bytesOf, exchangeOf, redactorOf, requestOf, SECRET } from './helpers.ts'

const type = 'application/grpc+proto'
const KEY = 'sk-proj-abcdefghij0123456789ABCDEFGHIJ'

/** A message with several fields, one of them the text `1.2`. */
const nested = (value: string): Buffer =>
  message(
    varint(7, 300),
    bytes(1, message(text(2, value), fixed64(3, 0.5), text(4, 'kept'))),
    bytes(5, Buffer.from([255, 254, 0, 1])),
    text(6, ''),
  )

const messagesOf = (body: Uint8Array): Buffer[] => splitGrpc(body).frames.map((frame) => frame.message)
const redacted = (...messages: Uint8Array[]): Buffer[] =>
  messagesOf(bytesOf(redactorOf().request(requestOf(Buffer.concat(messages), { type }))))

describe('secrets in gRPC messages', () => {
  it('are removed, and the message stays valid with new lengths', () => {
    for (const secret of [SECRET, KEY])
      assert.deepEqual(redacted(grpcFrame(nested(`a ${secret} b`))), [nested('a REDACTED b')])
  })

  it('are removed with lengths of one and two bytes', () => {
    for (const size of [100, 125, 130, 16_370, 16_390]) {
      const value = (secret: string): string => `${'x'.repeat(size - 12)} ${secret} `
      assert.deepEqual(redacted(grpcFrame(nested(value(SECRET)))), [nested(value('REDACTED'))])
    }
  })

  it('are removed from compressed messages', () => {
    assert.deepEqual(redacted(grpcFrame(gzipSync(nested(SECRET)), 1)), [nested('REDACTED')])
    const headers = [['grpc-encoding', 'gzip']] as const
    const exchange = exchangeOf(grpcFrame(gzipSync(nested(KEY)), 1), { type, headers, cuts: [3, 9] })
    assert.deepEqual(messagesOf(bytesOf(redactorOf().exchange(exchange))), [nested('REDACTED')])
  })

  it('are removed from messages that are compressed although the headers do not say so', () => {
    const body = Buffer.concat([grpcFrame(gzipSync(nested(SECRET)), 1), grpcFrame(gzipSync(nested('x')), 1)])
    const [gone, kept] = splitGrpc(bytesOf(redactorOf().exchange(exchangeOf(body, { type })))).frames
    assert.deepEqual([gone?.flag, gone?.message.toString()], [1, 'REDACTED'])
    assert.deepEqual(kept?.message, gzipSync(nested('x')))
  })

  it('are removed from JSON in a field, also by the name of the member', () => {
    const json = (token: string): string => JSON.stringify({ access_token: token, city: 'Rome' })
    assert.deepEqual(redacted(grpcFrame(nested(json('no shape at all')))), [nested(json('REDACTED'))])
  })

  it('are removed from base64, from bytes that are not text, and from messages that cannot be parsed', () => {
    const basic = Buffer.from(`user:${SECRET}`).toString('base64')
    assert.ok(!Buffer.concat(redacted(grpcFrame(nested(basic)))).includes(basic.slice(8, -4)))
    const binary = bytes(1, Buffer.concat([Buffer.from([0, 255]), Buffer.from(SECRET), Buffer.from([0])]))
    const [kept] = redacted(grpcFrame(binary))
    assert.equal(kept?.length, binary.length)
    assert.ok(!kept?.includes(SECRET))
    const unreadable = Buffer.from(`\u0007${SECRET}`)
    assert.ok(!redacted(grpcFrame(unreadable))[0]?.includes(SECRET))
    const unknown = grpcFrame(Buffer.from(`?${SECRET}`), 1)
    assert.ok(!redacted(unknown)[0]?.includes(SECRET))
    assert.ok(
      !bytesOf(redactorOf().request(requestOf(grpcFrame(nested(SECRET)).subarray(0, -4), { type }))).includes(
        SECRET,
      ),
    )
  })

  it('are removed from a text that also reads as a message', () => {
    // `B` is the tag of field 8, `!` a length of 33, `x1` a field with a number: the secret begins in the one, and goes on.
    const secret = 'x1x1x1x1x1x1'
    const unlucky = Buffer.from(`B!${'q'.repeat(29)}${secret}p3`)
    assert.equal(wireFields(unlucky)?.length, 6)
    const redactor = redactorOf(undefined, { TEST_API_KEY: secret })
    const body = bytesOf(
      redactor.request(requestOf(grpcFrame(message(bytes(1, unlucky), varint(2, 5))), { type })),
    )
    assert.deepEqual(messagesOf(body), [message(text(1, `B!${'q'.repeat(29)}REDACTEDp3`), varint(2, 5))])
  })

  it('are removed if a stream spreads them over messages', () => {
    const chunks = ['my key: sk-proj-abcdef', 'ghij012345', '6789ABCDEFGHIJ.'].map((part) =>
      grpcFrame(nested(part)),
    )
    assert.deepEqual(
      messagesOf(bytesOf(redactorOf().exchange(exchangeOf(Buffer.concat(chunks), { type, cuts: [20, 60] })))),
      [nested('my key: REDACTED'), nested(''), nested('.')].map((one) => one),
    )
  })

  it('are removed by field names and by the paths of the user if there is a descriptor', () => {
    const login = (password: string, email: string, more = 'x'): Buffer =>
      message(
        bytes(1, message(text(2, password), bytes(3, Buffer.from([0, 255, 9])))),
        text(4, email),
        text(5, more),
      )
    const reader = (from: Uint8Array) => {
      const [user, email] = wireFields(from) ?? []
      const [password, token] = wireFields(from.subarray(user!.valueStart, user!.end)) ?? []
      const inner = Buffer.from(from.subarray(user!.valueStart, user!.end))
      return {
        user: {
          password: inner.subarray(password!.valueStart, password!.end).toString(),
          accessToken: inner.subarray(token!.valueStart, token!.end).toString('base64'),
        },
        email: Buffer.from(from.subarray(email!.valueStart, email!.end)).toString(),
      }
    }
    const body = Buffer.concat([
      grpcFrame(login('hi', 'a@b.example')),
      grpcFrame(login('REDACTED', 'c@d.example', 'hi')),
    ])
    const request = requestOf(body, { type })
    const redactor = redactorOf({ json: ['email'] })
    const hidden = message(bytes(1, message(text(2, 'REDACTED'), text(3, 'REDACTED'))), text(4, 'REDACTED'))
    assert.deepEqual(messagesOf(bytesOf(redactor.request(request, { request: reader }))), [
      message(hidden, text(5, 'x')),
      message(hidden, text(5, 'hi')),
    ])
    assert.deepEqual(redactor.request(request).body, body)
  })

  it('leave requests equal that have different keys', () => {
    const keyOf = (secret: string): string =>
      fingerprint(
        redactorOf(undefined, { TEST_API_KEY: secret }).request(
          requestOf(
            Buffer.concat([grpcFrame(nested(`key ${secret}`)), grpcFrame(gzipSync(nested(secret)), 1)]),
            { type },
          ),
        ),
      ).matchKey
    assert.equal(keyOf('a-first-long-secret.77'), keyOf(`another ${'secret '.repeat(20)}`.trim()))
  })

  it('never remain, and a message without secrets does not change', () => {
    const piece = fc.oneof(
      fc
        .tuple(fc.integer({ min: 1, max: 40 }), fc.string({ maxLength: 40 }))
        .map(([n, value]) => text(n, value)),
      fc
        .tuple(fc.integer({ min: 1, max: 40 }), fc.uint8Array({ maxLength: 20 }))
        .map(([n, raw]) => bytes(n, raw)),
      fc.uint8Array({ maxLength: 4 }).map((raw) => Buffer.from(raw)),
    )
    const some = fc.array(piece, { maxLength: 4 }).map((pieces) => Buffer.concat(pieces))
    fc.assert(
      fc.property(some, some, some, (before, inner, after) => {
        const clean = message(before, bytes(3, inner), after)
        assert.deepEqual(redacted(grpcFrame(clean)), [clean])
        const dirty = message(before, bytes(3, message(inner, text(2, `x${SECRET}y`))), after)
        assert.ok(!redacted(grpcFrame(dirty))[0]?.includes(SECRET))
      }),
      { numRuns: runs(500) },
    )
  })
})

describe('secrets in gRPC metadata', () => {
  it('are absent because only the request metadata that selects the answer is stored', () => {
    const headers = [
      ['authorization', `Bearer ${SECRET}`],
      ['x-api-key', SECRET],
      ['my-token-bin', Buffer.from(SECRET).toString('base64')],
      ['grpc-timeout', '99m'],
      ['te', 'trailers'],
    ] as const
    const { headers: stored } = redactorOf().request(requestOf(grpcFrame(nested('x')), { type, headers }))
    assert.deepEqual(stored, [['content-type', type]])
  })

  it('are removed from binary values of a response, which stay valid', () => {
    const details = (value: string): string => nested(value).toString('base64')
    const headers = [
      ['grpc-status-details-bin', details(SECRET)],
      ['two-bin', `${details('x')},${details(KEY).replace(/=+$/, '')}`],
      ['plain-bin', Buffer.from(`id ${SECRET}`).toString('base64')],
      ['session-token-bin', Buffer.from('opaque').toString('base64')],
      ['x-secret-key', 'opaque'],
    ] as const
    const exchange = exchangeOf(grpcFrame(nested('x')), { type })
    const { response } = redactorOf().exchange({
      ...exchange,
      response: { ...exchange.response!, trailers: headers },
    })
    const values = Object.fromEntries(response?.trailers ?? [])
    const decoded = (value: string | undefined): Buffer => Buffer.from(value ?? '', 'base64')
    assert.deepEqual(decoded(values['grpc-status-details-bin']), nested('REDACTED'))
    assert.deepEqual(values['two-bin']?.split(',').map(decoded), [nested('x'), nested('REDACTED')])
    assert.equal(decoded(values['plain-bin']).toString(), 'id REDACTED')
    assert.equal(values['session-token-bin'], 'REDACTED')
    assert.equal(values['x-secret-key'], 'REDACTED')
  })
})
