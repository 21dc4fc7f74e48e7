import assert from 'node:assert/strict'

import { CassetteMiss, withCassette } from '../../../../src/index.ts'
import { testBench } from '../../../helpers/cassette-folder.ts'

const ONE = '9f8b2c7d1e4a5f60718293a4b5c6d7e8'
const OTHER = '0a1b2c3d4e5f60718293a4b5c6d7e8f9'
const form = (body: string): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body,
})
const json = (body: unknown): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})

type Request = readonly [path: string, init?: RequestInit]

describe('a miss of a request that differs in what redaction hides', () => {
  const bench = testBench((_, response) => void response.end('ok'))
  const ask = async ([path, init]: Request): Promise<string> => (await fetch(bench.url(path), init)).text()

  /** The line of the miss about hidden values, of the last of `asked`. */
  async function hiddenLine(recorded: Request, ...asked: readonly Request[]): Promise<string | undefined> {
    await withCassette(bench.path(), { mode: 'all' }, () => ask(recorded))
    const run = async (): Promise<void> => {
      for (const one of asked) await ask(one)
    }
    const miss: unknown = await withCassette(bench.path(), { mode: 'none' }, run).catch(
      (error: unknown) => error,
    )
    assert.ok(miss instanceof CassetteMiss)
    return /^ {2}hidden +(.*)$/m.exec(miss.message)?.[1]
  }

  it('names the option that shows a redacted query value', async () => {
    assert.equal(
      await hiddenLine(['/weather?city=Oslo&days=3'], ['/weather?city=Rome&days=3']),
      "only a redacted query value differs: redact: { keep: ['city'] } records and shows the value as it is",
    )
    assert.match(
      (await hiddenLine(['/weather?city=Oslo&key=a'], ['/weather?city=Rome&key=b'])) ?? '',
      /^only redacted query values differ: redact: \{ keep: \['city', 'key'\] \}/,
    )
    assert.match((await hiddenLine(['/list?tag=a&tag=b'], ['/list?tag=b&tag=a'])) ?? '', /keep: \['tag'\]/)
  })

  for (const [name, recorded, incoming] of [
    ['?code', ['/cb?code=' + ONE], ['/cb?code=FR']],
    ['?code', ['/cb?a=1&code=FR'], ['/cb?a=1&code=' + ONE]],
    ['?token', ['/cb?token=page2'], ['/cb?token=' + ONE]],
    ['body.token', ['/cb', form('a=1&token=' + ONE)], ['/cb', form('a=1&token=page3')]],
    ['body.ticket', ['/cb', json({ a: 1, ticket: 'T-1' })], ['/cb', json({ a: 1, ticket: ONE })]],
  ] as const satisfies readonly (readonly [string, Request, Request])[])
    it(`says that only a credential-like value differs: ${name} of ${JSON.stringify(recorded)}`, async () => {
      assert.equal(
        await hiddenLine(recorded, incoming),
        `this request differs from its recording only in a credential-like value (${name})`,
      )
    })

  for (const [name, way] of [
    ['?code', (value: string): Request => [`/cb?code=${value}`]],
    ['?access_token', (value: string): Request => [`/cb?a=1&access_token=${value}`]],
    ['body.refresh_token', (value: string): Request => ['/cb', form(`a=1&refresh_token=${value}`)]],
    ['body.auth.token', (value: string): Request => ['/cb', json({ auth: { token: value } })]],
  ] as const)
    it(`says so if its recording was played for another value: ${name}`, async () => {
      assert.equal(
        await hiddenLine(way(ONE), way(ONE), way(OTHER)),
        `this request differs from its recording only in a credential-like value (${name})`,
      )
      assert.equal(await hiddenLine(way(ONE), way(ONE), way(ONE)), undefined)
    })

  it('says nothing of it if something else differs too', async () => {
    assert.equal(await hiddenLine(['/a?city=Oslo'], ['/b?city=Rome']), undefined)
    assert.equal(await hiddenLine(['/a?city=Oslo'], ['/a?city=Oslo&page=1']), undefined)
    assert.equal(
      await hiddenLine(['/a', json({ a: 1, token: ONE })], ['/a', json({ a: 2, token: 'x' })]),
      undefined,
    )
    assert.equal(
      await hiddenLine(['/a?city=Oslo', json({ a: 1 })], ['/a?city=Rome', json({ a: 2 })]),
      undefined,
    )
  })
})
