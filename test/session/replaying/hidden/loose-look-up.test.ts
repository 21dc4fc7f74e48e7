import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'

import { CassetteMiss, type CassetteOptions, withCassette } from '../../../../src/index.ts'
import { testBench } from '../../../helpers/cassette-folder.ts'

const JSON_TYPE = { 'content-type': 'application/json' }
const FORM_TYPE = { 'content-type': 'application/x-www-form-urlencoded' }
const VARIABLE = 'LOOSE_LOOK_UP_TEST_SECRET'
const NONE: CassetteOptions = { mode: 'none' }

type Ask = (value: string) => [path: string, init?: RequestInit]

const WHERE: Record<string, Ask> = {
  'a query': (value) => [`/items?city=${value}&page=2`],
  'a segment of a path': (value) => [`/users/${value}/items`],
  'a JSON body': (value) => [
    '/items',
    { method: 'POST', headers: JSON_TYPE, body: JSON.stringify({ a: { b: value } }) },
  ],
  'a form': (value) => ['/items', { method: 'POST', headers: FORM_TYPE, body: `a=1&b=${value}` }],
  'a prompt': (value) => [
    '/v1/chat/completions',
    {
      method: 'POST',
      headers: JSON_TYPE,
      body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: `Who is ${value}?` }] }),
    },
  ],
  'a header that counts': (value) => ['/items', { headers: { 'if-match': value } }],
}

const LATER: Record<string, Ask> = {
  'a query': (value) => [`/items?city=${value}`],
  'a credential by name in a query': (value) => [`/items?a=1&password=${value}`],
  'a credential by name in JSON': (value) => [
    '/items',
    { method: 'POST', headers: JSON_TYPE, body: JSON.stringify({ user: { password: value } }) },
  ],
  'a credential by name in a form': (value) => [
    '/items',
    { method: 'POST', headers: FORM_TYPE, body: `a=1&password=${value}` },
  ],
}

describe('a request of which one side alone was redacted', () => {
  let count = 0
  const bench = testBench((_, response) => {
    count += 1
    response.end(`answer ${count}`)
  })
  const ask = async ([path, init]: [path: string, init?: RequestInit]): Promise<string> =>
    (await fetch(bench.url(path), init)).text()
  beforeEach(() => {
    count = 0
  })
  afterEach(() => delete process.env[VARIABLE])

  for (const [place, request] of Object.entries(WHERE))
    for (const value of ['k7Xq2-Vb9_Zt4Lm8', 'hunter-seven'])
      it(`is answered if a secret is set on one machine only: ${value} in ${place}`, async () => {
        const other = value === 'hunter-seven' ? 'walker-three' : 'k7Xq2-Vb9_Zt4Lm0'
        for (const isSetFirst of [true, false]) {
          if (isSetFirst) process.env[VARIABLE] = value
          else delete process.env[VARIABLE]
          await withCassette(bench.path(), { mode: 'all' }, () => ask(request(value)))
          if (isSetFirst) delete process.env[VARIABLE]
          else process.env[VARIABLE] = value
          assert.match(await withCassette(bench.path(), NONE, () => ask(request(value))), /^answer/)
          // What is not hidden still counts.
          if (!isSetFirst)
            await assert.rejects(
              withCassette(bench.path(), NONE, () => ask(request(other))),
              CassetteMiss,
            )
        }
      })

  it('is a miss if anything else differs', async () => {
    process.env[VARIABLE] = 'k7Xq2-Vb9_Zt4Lm8'
    await withCassette(bench.path(), () => ask(['/items?a=k7Xq2-Vb9_Zt4Lm8&page=1']))
    delete process.env[VARIABLE]
    for (const path of [
      '/items?a=k7Xq2-Vb9_Zt4Lm8&page=2',
      '/items?a=k7Xq2-Vb9_Zt4Lm8',
      '/others?a=k7Xq2-Vb9_Zt4Lm8&page=1',
    ])
      await assert.rejects(
        withCassette(bench.path(), NONE, () => ask([path])),
        CassetteMiss,
      )
  })

  for (const [place, request] of Object.entries(LATER))
    it(`is answered by its old digest if redact.keep got the name later: ${place}`, async () => {
      const values = ['Oslo', 'Rome', 'Kyiv']
      const all = async (): Promise<string[]> => {
        const texts: string[] = []
        for (const value of values) texts.push(await ask(request(value)))
        return texts
      }
      await withCassette(bench.path(), all)
      const options: CassetteOptions = { ...NONE, strict: true, redact: { keep: ['city', 'password'] } }
      assert.deepEqual(await withCassette(bench.path(), options, all), ['answer 1', 'answer 2', 'answer 3'])
      const repeated: CassetteOptions = { ...options, allowPlaybackRepeats: true }
      const twice = await withCassette(bench.path(), repeated, async () => [await all(), await all()])
      assert.equal(twice.flat().length, 6)
      // A digest names one value. A constant names none.
      if (place === 'a query') {
        values.reverse()
        assert.deepEqual(await withCassette(bench.path(), options, all), ['answer 3', 'answer 2', 'answer 1'])
        await assert.rejects(
          withCassette(bench.path(), options, () => ask(request('Bonn'))),
          CassetteMiss,
        )
      }
    })

  it('is answered if redact.keep has lost the name since the recording', async () => {
    await withCassette(bench.path(), { redact: { keep: ['city'] } }, () => ask(['/items?city=Oslo']))
    assert.equal(await withCassette(bench.path(), NONE, () => ask(['/items?city=Oslo'])), 'answer 1')
    await assert.rejects(
      withCassette(bench.path(), NONE, () => ask(['/items?city=Rome'])),
      CassetteMiss,
    )
  })

  describe('by version 1 of the rules', () => {
    /** Makes the recordings of this run those of version 1: with its constants, digests and headers, and a key of no use now. */
    const asVersion1 = (...changes: readonly (readonly [string | RegExp, string])[]): void => {
      let text = readFileSync(bench.path(), 'utf8')
      for (const [found, former] of changes) {
        const before = text
        text = text.replace(found, former)
        assert.notEqual(text, before, String(found))
      }
      writeFileSync(
        bench.path(),
        text.replace(/key: '?[0-9a-f]{64}'?/g, `key: '${'0'.repeat(64)}'`).replaceAll('v: 2}', 'v: 1}'),
      )
    }

    it('is answered without CASSETTE_MODE=all: a plain request, a form, a prompt', async () => {
      const all: [string, RequestInit?][] = [
        ['/items?page=2'],
        ['/items', { method: 'POST', headers: FORM_TYPE, body: 'b=2&a=1' }],
        WHERE['a prompt']?.('Ann') ?? [''],
      ]
      const run = (): Promise<string[]> => Promise.all(all.map(ask))
      await withCassette(bench.path(), run)
      asVersion1()
      assert.equal((await withCassette(bench.path(), { ...NONE, strict: true }, run)).length, 3)
    })

    it('is answered if that had hidden what counts now', async () => {
      await withCassette(bench.path(), () => ask(['/items?key=one&page=2']))
      asVersion1([/key=REDACTED-\w+/, 'key=REDACTED'])
      for (const value of ['one', 'two'])
        assert.equal(
          await withCassette(bench.path(), NONE, () => ask([`/items?key=${value}&page=2`])),
          'answer 1',
        )
      await assert.rejects(
        withCassette(bench.path(), NONE, () => ask(['/items?key=one&page=3'])),
        CassetteMiss,
      )
    })

    it('is answered if that had not stored a header that counts now', async () => {
      const headers = { 'stripe-account': 'acct_123' }
      await withCassette(bench.path(), () => ask(['/charges', { headers }]))
      asVersion1([/stripe-account: '?REDACTED-\w+'?,? */, ''])
      assert.equal(await withCassette(bench.path(), NONE, () => ask(['/charges', { headers }])), 'answer 1')
      const range = { headers: { range: 'bytes=0-4' } }
      await assert.rejects(
        withCassette(bench.path(), NONE, () => ask(['/charges', range])),
        CassetteMiss,
      )
    })

    it('is answered if that had a digest of a time or an id that does not count now', async () => {
      await withCassette(bench.path(), () => ask([`/items?timestamp=${Date.now()}`]))
      asVersion1([/timestamp=REDACTED/, 'timestamp=REDACTED-0123456789ab'])
      assert.equal(
        await withCassette(bench.path(), NONE, () => ask([`/items?timestamp=${Date.now()}`])),
        'answer 1',
      )
    })
  })
})
