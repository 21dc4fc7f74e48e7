import assert from 'node:assert/strict'

import { CONTEXT_SHAPES } from '../../src/redaction/search/context-shapes.ts'
import { AT_WORD, DISTINCT } from '../../src/redaction/search/key-formats.ts'
import { exchangeOf, redactorOf, requestOf } from './helpers.ts'

const KIB = 1024
const many = (text: string, bytes: number): string =>
  text.repeat(Math.ceil(bytes / text.length)).slice(0, bytes)

const ANCHORS = [
  ...CONTEXT_SHAPES.flatMap(({ anchors }) => anchors),
  ...[...DISTINCT, ...AT_WORD].flatMap(({ starts }) => starts.split(' ')),
]

/** Texts that make a search slow that goes back over what it has read. */
const TEXTS: Readonly<Record<string, (bytes: number) => string>> = {
  quotes: (bytes) => many('"', bytes),
  'quotes in a string': (bytes) => JSON.stringify(many('"', bytes / 2)),
  brackets: (bytes) => many('[', bytes),
  'brackets in lines': (bytes) => many('[\n', bytes),
  'objects in objects': (bytes) => many('{"a":', bytes),
  'escapes of escapes': (bytes) => `"${many('\\\\', bytes - 2)}"`,
  'JSON in JSON in JSON': (bytes) => JSON.stringify({ a: JSON.stringify({ b: many('{"c":"', bytes / 6) }) }),
  base64: (bytes) => JSON.stringify(Buffer.alloc((bytes * 3) / 4, 'abc7Xq').toString('base64')),
  'percent signs': (bytes) => many('%2525', bytes),
  'beginnings of keys': (bytes) => many('sk-eyJ://a:Basic ', bytes),
  'names of headers': (bytes) => many('x-a-key: ', bytes),
  'everything that a search looks for': (bytes) => many(ANCHORS.join(''), bytes),
  'what a search looks for, with more after it': (bytes) =>
    many(ANCHORS.map((one) => `${one}aA1-_.+/=:@%20`.repeat(4)).join(''), bytes),
  'private keys without an end': (bytes) => many('-----BEGIN RSA PRIVATE KEY-----', bytes),
}

/** The processor time of the fastest of a few runs, ms. */
function cpuOf(work: () => unknown): number {
  const times = Array.from({ length: 2 }, () => {
    const before = process.cpuUsage()
    work()
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1000
  })
  return Math.min(...times)
}

// The long form, 1 MB and more, is in size.test.ts.
describe('the time of redaction', () => {
  for (const [name, make] of Object.entries(TEXTS))
    it(`grows with the length: ${name}`, () => {
      const redact = (text: string) => () => {
        redactorOf().exchange(exchangeOf(text, { type: 'application/json' }))
        redactorOf().request(requestOf(text, { type: 'text/plain' }))
      }
      const small = cpuOf(redact(make(16 * KIB)))
      const large = cpuOf(redact(make(128 * KIB)))
      // 8 times the length: 8 times the time, not 64 times. A short time says nothing.
      assert.ok(large < Math.max(24 * small, 300), `${small} ms of 16 KiB, ${large} ms of 128 KiB`)
    }).timeout(60_000)
})
