import { differences } from '../../../src/matching.ts'
import type { MatchRequest } from '../../../src/matching.ts'
import assert from 'node:assert/strict'
import { type Case, checkAll, openai, paths } from '../support.ts'

const get = (headers: Record<string, string>): MatchRequest => ({
  method: 'GET',
  url: 'https://api.shop.example/items',
  headers,
})

/** Two values that ask for different answers. */
const BY_VALUE: Readonly<Record<string, readonly [string, string]>> = {
  'x-amz-target': ['DynamoDB_20120810.GetItem', 'DynamoDB_20120810.DeleteItem'],
  soapaction: ['"urn:shop#Get"', '"urn:shop#Delete"'],
  'x-http-method-override': ['PATCH', 'DELETE'],
  range: ['bytes=0-4', 'bytes=5-9'],
  'if-range': ['"a"', '"b"'],
  'content-range': ['bytes 0-4/10', 'bytes 5-9/10'],
  prefer: ['return=minimal', 'return=representation'],
  'if-none-match': ['"a"', '"b"'],
  'if-match': ['"a"', '*'],
  'accept-language': ['de', 'fr, en;q=0.5'],
  'x-goog-fieldmask': ['places.id', 'places.name'],
  depth: ['0', 'infinity'],
  destination: ['https://dav.example/a', 'https://dav.example/b'],
  'stripe-account': ['acct_1', 'acct_2'],
  accept: ['application/vnd.github.diff', 'application/vnd.github+json'],
}
const SAMPLE = {
  'if-modified-since': 'Sat, 01 Nov 2025 00:00:00 GMT',
  'if-unmodified-since': 'Sat, 01 Nov 2025 00:00:00 GMT',
}

describe('headers that choose the answer', () => {
  checkAll([
    ...Object.entries(BY_VALUE).flatMap(([name, [a, b]]): Case[] => [
      [`${name}: another value`, 'different', get({ [name]: a }), get({ [name]: b })],
      [`${name}: none`, 'different', get({ [name]: a }), get({})],
      [`${name}: its letter case`, 'same', get({ [name.toUpperCase()]: a }), get({ [name]: a })],
      [
        `${name} of a model's API`,
        'same',
        { ...openai({}), headers: { [name]: a } },
        { ...openai({}), headers: { [name]: b } },
      ],
    ]),
    ...Object.entries(SAMPLE).flatMap(([name, time]): Case[] => [
      [`${name}: none`, 'different', get({ [name]: time }), get({})],
      [`${name}: another time`, 'same', get({ [name]: time }), get({ [name]: time.replace('01', '02') })],
    ]),
    [
      'accept: an event stream',
      'different',
      get({ accept: 'text/event-stream' }),
      get({ accept: 'application/json' }),
    ],
    [
      'accept: the habit of a client',
      'same',
      get({ accept: '*/*' }),
      get({ accept: 'application/json, text/plain, */*' }),
    ],
    [
      'accept: weights and order',
      'same',
      get({ accept: 'application/vnd.a+json;q=0.9, application/vnd.b+json' }),
      get({ accept: 'application/vnd.b+json,application/vnd.a+json' }),
    ],
    ['accept-language: *', 'same', get({ 'accept-language': '*' }), get({})],
    ['soapaction: quotes', 'same', get({ soapaction: '"urn:a"' }), get({ soapaction: 'urn:a' })],
    [
      'destination: the port of a test server',
      'same',
      get({ destination: 'http://127.0.0.1:1234/a' }),
      get({ destination: 'http://localhost:4321/a' }),
    ],
    ['any other header', 'same', get({ 'x-tenant': 'a', 'user-agent': 'a' }), get({ 'x-tenant': 'b' })],
    [
      'a list without headers: the operation',
      'different',
      get({ 'x-amz-target': 'A' }),
      get({ 'x-amz-target': 'B' }),
      ['query'],
    ],
  ])

  it('are named in a difference', () => {
    for (const [name, [a, b]] of Object.entries(BY_VALUE)) {
      assert.deepEqual(paths(get({ [name]: a }), get({ [name]: b })), [`headers.${name}`])
      assert.deepEqual(paths(get({}), get({ [name]: b })), [`headers.${name}`])
    }
    assert.deepEqual(differences(get({ range: 'bytes=0-4' }), get({})), [
      { path: 'headers.range', recorded: 'bytes=0-4', incoming: undefined },
    ])
  })
})
