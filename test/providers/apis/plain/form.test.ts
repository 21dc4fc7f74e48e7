import assert from 'node:assert/strict'
import { canonicalize, type MatchRequest } from '../../../../src/matching.ts'
import { type Case, checkAll, paths } from '../../support.ts'

const TYPE = 'application/x-www-form-urlencoded'
const form = (
  body: string | Uint8Array,
  url = 'https://api.shop.example/items',
  type = TYPE,
): MatchRequest => ({
  method: 'POST',
  url,
  headers: { 'content-type': type },
  body,
})
const RANDOM = '9f8b2c7d1e4a5f60718293a4b5c6d7e8'

describe('forms', () => {
  checkAll([
    ['the order of fields', 'same', form('a=1&b=2'), form('b=2&a=1')],
    ['a value', 'different', form('a=1&b=2'), form('a=1&b=3')],
    ['a field more', 'different', form('a=1'), form('a=1&b=')],
    ['the order within a repeated field', 'different', form('a=1&a=2'), form('a=2&a=1')],
    ['repeated fields among others', 'same', form('a=1&b=0&a=2'), form('a=1&a=2&b=0')],
    ['the spelling of a space', 'same', form('q=a+b'), form('q=a%20b')],
    ['a plus', 'different', form('q=a%2Bb'), form('q=a+b')],
    ['the letter case of escapes', 'same', form('q=%c3%a9'), form('q=%C3%A9')],
    ['an escape that is not needed', 'same', form('q=%61'), form('q=a')],
    ['bytes that are not UTF-8', 'different', form('q=%ff'), form('q=%fe')],
    ['a field without =', 'same', form('a'), form('a=')],
    ['a parameter of the type', 'same', form('a=1'), form('a=1', undefined, `${TYPE}; charset=UTF-8`)],
    ['a form and JSON', 'different', form('a=1'), { ...form('{"a":"1"}'), headers: {} }],
    ['JSON with the type of a form', 'different', form('{"a":1}'), form('{"a":2}')],
    ['names with brackets', 'different', form('item[a]=1'), form('item[a]=2')],
    ['a password', 'same', form('user=a&password=x'), form('user=a&password=y')],
    ['a code that is data', 'different', form('code=FR'), form('code=DE')],
    [
      'a code that is a credential',
      'same',
      form(`code=${RANDOM}`),
      form(`code=${RANDOM.split('').toReversed().join('')}`),
    ],
    ['numbered stand-ins', 'different', form('refresh_token=REDACTED-1'), form('refresh_token=REDACTED-2')],
    ['one field that is named', 'same', form('a=1&b=2'), form('a=1&b=3'), ['a']],
    ['one field that is named, another value', 'different', form('a=1&b=2'), form('a=2&b=2'), ['a']],
    [
      'a session name that an SDK made up',
      'same',
      form('Action=AssumeRole&RoleArn=r&RoleSessionName=aws-sdk-js-1764300000000'),
      form('Action=AssumeRole&RoleArn=r&RoleSessionName=0d3c1a52-6f0f-4b6e-9a51-0a3f2c9b7d11'),
    ],
    [
      'a session name that a person chose',
      'different',
      form('Action=AssumeRole&RoleArn=r&RoleSessionName=ann'),
      form('Action=AssumeRole&RoleArn=r&RoleSessionName=bob'),
    ],
  ] satisfies Case[])

  it('name the field that differs', () => {
    assert.deepEqual(paths(form('a=1&b=2'), form('a=1&b=3')), ['body.b'])
    assert.deepEqual(paths(form('a=1&a=2'), form('a=1&a=3')), ['body.a[1]'])
    assert.deepEqual(paths(form('a=1'), form('a=1&item[x]=3')), ['body.item[x]'])
  })

  it('are read with any names and of any size', () => {
    const many = Array.from({ length: 20_000 }, (_, at) => `f${at}=${at}`).join('&')
    assert.equal(Object.keys(canonicalize(form(many))['body'] as object).length, 20_000)
    const odd = canonicalize(form('__proto__=1&constructor=2&=3&&a=%E0%A4%A'))['body'] as object
    assert.deepEqual(Object.entries(odd), [
      ['__proto__', '1'],
      ['constructor', '2'],
      ['', '3'],
      ['a', '%E0%A4%A'],
    ])
  })
})
