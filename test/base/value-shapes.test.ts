import assert from 'node:assert/strict'
import { createHmac, randomUUID } from 'node:crypto'
import { looksLikeCredential } from '../../src/base/value-shapes.ts'

/** Bytes that look random and are the same in every run. */
const bytes = (seed: number, length: number): Buffer =>
  createHmac('sha256', 'value-shapes').update(String(seed)).digest().subarray(0, length)

const SMALL = 'abcdefghijklmnopqrstuvwxyz'
const chars = (seed: number, length: number, alphabet: string): string =>
  [...bytes(seed, length)].map((byte) => alphabet[byte % alphabet.length]).join('')

const GENERATORS: Readonly<Record<string, (seed: number) => string>> = {
  'hex of 8 bytes': (seed) => bytes(seed, 8).toString('hex'),
  'hex of 16 bytes': (seed) => bytes(seed, 16).toString('hex'),
  'base64 of 24 bytes': (seed) => bytes(seed, 24).toString('base64'),
  'base64url of 18 bytes': (seed) => bytes(seed, 18).toString('base64url'),
  '24 letters and digits': (seed) => chars(seed, 24, `${SMALL}${SMALL.toUpperCase()}0123456789`),
  '25 small letters and digits': (seed) => chars(seed, 25, `${SMALL}0123456789`),
  '24 small letters': (seed) => chars(seed, 24, SMALL),
  'a ULID': (seed) => chars(seed, 26, '0123456789ABCDEFGHJKMNPQRSTVWXYZ'),
  'a token with a prefix': (seed) => `tok_live_${chars(seed, 24, `${SMALL}0123456789`)}`,
}

const DATA =
  `page2 FR one photo-final-version-2025 BTCUSDT-PERPETUAL-20251128 gpt-4o-mini-2024-07-18 claude-3-5-sonnet-20241022
  us.anthropic.claude-sonnet-4-20250514-v1 getUserByAccountId INTERNAL_SERVER_ERROR E11000_DUPLICATE_KEY v1.2.3-beta.4-build.55
  uploads/2025/11/28/report-final.pdf 1234567890123456 1764300000123 0123456789abcdef aaaaaaaaaaaaaaaaaaaa summer-sale-2025-winner
  the-quick-brown-fox-jumps organisation/project/repo internationalization application/vnd.github.v3+json page-cursor-number-three
  DynamoDB_20120810.GetItem node_modules/cassette/dist/index.js eu-central-1-prod-cluster-02 BundesministeriumFuerVerkehr
  Donaudampfschifffahrtsgesellschaft 3.14159265358979323846 2025-11-28T10:00:00Z`.split(/\s+/)

describe('looksLikeCredential', () => {
  for (const [name, make] of Object.entries(GENERATORS)) {
    it(`is true for ${name}, but for one of fifty at most`, () => {
      const values = Array.from({ length: 1000 }, (_, seed) => make(seed))
      const missed = values.filter((value) => !looksLikeCredential(value))
      assert.ok(missed.length <= 20, `${missed.length} of 1000, ${missed.slice(0, 5).join(' ')}`)
    })
  }

  it('is true for UUIDs and JWTs', () => {
    assert.ok(looksLikeCredential(randomUUID()))
    assert.ok(looksLikeCredential(randomUUID().toUpperCase()))
    assert.ok(looksLikeCredential('eyJhbGciOiJSUzI1NiJ9.eyJpYXQiOjF9.c2lnMQ'))
  })

  it('is false for words, names, numbers, dates and paths', () => {
    assert.deepEqual(DATA.filter(looksLikeCredential), [])
  })

  it('is false for text, and for what is shorter than 16 characters', () => {
    assert.equal(looksLikeCredential('What is the capital of France, in 1 word?'), false)
    assert.equal(looksLikeCredential(bytes(1, 7).toString('hex')), false)
    assert.equal(looksLikeCredential(''), false)
  })

  it('needs no time for a value of a megabyte', () => {
    const start = performance.now()
    looksLikeCredential('a1B'.repeat(400_000))
    assert.ok(performance.now() - start < 100)
  })
})
