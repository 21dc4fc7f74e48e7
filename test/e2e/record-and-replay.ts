import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { withCassette } from '../../src/index.ts'
import { withEnvironment } from '../helpers/environment.ts'
import type { ExchangeFile } from '../helpers/exchange-files.ts'
import type { Upstream } from '../helpers/fixture-upstream.ts'
import { isLater, later } from '../helpers/later.ts'
import { tempFolder } from '../helpers/temp-folder.ts'
import { driverFor } from './drivers/index.ts'
import { KEYS } from './keys.ts'
import type { DriverOutcome } from './outcome.ts'
import { assertSameOutcome } from './same-outcome.ts'

/**
 * Records every exchange of `files` through its real client, with one cassette a file. Then stops the provider, replays,
 * and compares what each client saw.
 */
export function describeRecordAndReplay(
  files: readonly ExchangeFile[],
  start: () => Promise<Upstream>,
): void {
  const folder = tempFolder()
  const lived = new Map<string, DriverOutcome[]>()
  const warn = console.warn
  let upstream: Upstream

  before(async () => {
    // The SDKs warn about models that have been withdrawn since the recording.
    console.warn = () => undefined
    upstream = await start()
  })
  after(() => {
    console.warn = warn
    folder.remove()
  })

  const cassetteOf = (file: ExchangeFile): string =>
    join(folder.path, basename(file.path).replace(/\.jsonl$/, '.yaml'))

  async function sendAll(file: ExchangeFile, mode: 'once' | 'none'): Promise<DriverOutcome[]> {
    return withEnvironment({ CI: undefined, CASSETTE_MODE: undefined }, () =>
      withCassette(cassetteOf(file), { mode, refresh: isLater }, async () => {
        const outcomes: DriverOutcome[] = []
        for (const exchange of file.exchanges) {
          const base = `${upstream.url}/__host/${new URL(exchange.request.url).host}`
          outcomes.push(await driverFor(exchange).send(exchange, base))
        }
        return outcomes
      }),
    )
  }

  describe('records', () => {
    for (const file of files) {
      it(basename(file.path), async () => {
        const outcomes = await sendAll(file, 'once')
        assert.deepEqual(
          outcomes.map(({ responses }) => responses.map(({ status }) => status)),
          file.exchanges.map(({ response }) => [response.status]),
        )
        lived.set(file.path, outcomes)
      })
    }
    after(async () => {
      assert.equal(await upstream.unmatched(), 0)
      await upstream.close()
    })
  })

  describe('replays without the provider', () => {
    for (const file of files) {
      it(basename(file.path), async () => {
        const live = lived.get(file.path)
        assert.ok(live, 'it was not recorded')
        const replayed = await later(() => sendAll(file, 'none'))
        for (const [index, exchange] of file.exchanges.entries()) {
          assertSameOutcome(live[index]!, replayed[index]!, `${driverFor(exchange).name}: ${exchange.source}`)
        }
      })
    }
  })

  describe('the cassettes', () => {
    it('hold none of the keys that the clients sent', () => {
      const names = readdirSync(folder.path)
      assert.equal(names.length, files.length, 'a cassette for each file')
      for (const name of names) {
        const text = readFileSync(join(folder.path, name), 'utf8')
        for (const [owner, key] of Object.entries(KEYS)) {
          for (const form of [key, Buffer.from(key).toString('base64').slice(0, -3)]) {
            assert.ok(!text.includes(form), `${name} holds the ${owner} key`)
          }
        }
      }
    })
  })
}
