import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'

import { withCassette } from '../../src/index.ts'
import { importOne } from '../../src/cli/import-run.ts'
import { driverFor } from '../e2e/drivers/index.ts'
import { plainFetch } from '../e2e/drivers/plain.ts'
import type { Driver, DriverOutcome } from '../e2e/outcome.ts'
import { assertSameOutcome } from '../e2e/same-outcome.ts'
import { startCorpus } from '../helpers/corpus.ts'
import { withEnvironment } from '../helpers/environment.ts'
import { type ExchangeFile, type FixtureExchange, readExchangeFiles } from '../helpers/exchange-files.ts'
import type { Upstream } from '../helpers/fixture-upstream.ts'
import { shared } from '../helpers/shared.ts'
import { tempFolder } from '../helpers/temp-folder.ts'
import { vcrpyText } from './vcrpy-text.ts'

/**
 * Python's SDKs recorded the corpus. Of these calls the SDKs for JavaScript send another request, which is a miss and should be:
 * an empty object as the body of a DELETE, a file without `?beta=true`, and a history without the calls of tools.
 */
const OTHER_IN_JAVASCRIPT =
  /test_google_model_cached_content|files_cache_prefix_stable|tool_return_content-url-image-google_vertex/

/** Headers that the server of the corpus may add. */
const ADDED = ['date', 'content-length', 'connection', 'keep-alive', 'transfer-encoding']

const driverOf = (exchange: FixtureExchange): Driver =>
  OTHER_IN_JAVASCRIPT.test(exchange.source) ? plainFetch : driverFor(exchange)

describe("the corpus in vcrpy's form, imported and replayed through the real SDKs", () => {
  const [server, files] = [shared('corpus/serve.mjs'), shared('corpus/http')]
  if (server === undefined || files === undefined) {
    it('is skipped, because ../shared/corpus does not exist', function () {
      this.skip()
    })
    return
  }
  const folder = tempFolder()
  const warn = console.warn
  let upstream: Upstream

  before(async () => {
    console.warn = () => undefined
    upstream = await startCorpus(server, files)
  })
  after(async () => {
    console.warn = warn
    folder.remove()
    await upstream.close()
  })

  const sendAll = async (
    { exchanges }: ExchangeFile,
    base: (host: string) => string,
  ): Promise<DriverOutcome[]> => {
    const outcomes: DriverOutcome[] = []
    for (const exchange of exchanges)
      outcomes.push(await driverOf(exchange).send(exchange, base(new URL(exchange.request.url).host)))
    return outcomes
  }

  /** Without what the server of the corpus adds to a recording, or changes in it: a date, a length, its own address. */
  const asRecorded = (outcome: DriverOutcome, { response }: FixtureExchange): DriverOutcome => {
    const added = new Set(ADDED)
    for (const [name] of response.headers) added.delete(name.toLowerCase())
    const text = JSON.stringify(outcome.result, (name, value: unknown) =>
      added.has(name) ? undefined : value,
    )
    return {
      ...outcome,
      responses: outcome.responses.map((one) => ({
        ...one,
        headers: one.headers
          .filter(([name]) => !added.has(name))
          .map(([name, value]): [string, string] => [
            name,
            value.replace(`${upstream.url}/__host/`, 'https://'),
          ])
          .toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)),
      })),
      ...(text !== undefined && { result: JSON.parse(text) as unknown }),
    }
  }

  const importAndReplay = async (file: ExchangeFile): Promise<void> => {
    const path = join(folder.path, `${basename(file.path)}.vcr.yaml`)
    const out = join(folder.path, `${basename(file.path)}.yaml`)
    writeFileSync(path, vcrpyText(file.exchanges))
    const imported = await importOne({ path, out }, undefined)
    assert.deepEqual(
      [imported.file?.format, imported.file?.interactions, imported.file?.lost, imported.problem],
      ['vcrpy', file.exchanges.length, [], undefined],
    )
    const live = await sendAll(file, (host) => `${upstream.url}/__host/${host}`)
    const replayed = await withEnvironment({ CI: undefined, CASSETTE_MODE: undefined }, () =>
      withCassette(out, { mode: 'none', refresh: false }, () => sendAll(file, (host) => `https://${host}`)),
    )
    for (const [index, exchange] of file.exchanges.entries())
      assertSameOutcome(
        asRecorded(live[index]!, exchange),
        asRecorded(replayed[index]!, exchange),
        `${driverOf(exchange).name}: ${exchange.source}`,
      )
  }

  for (const file of readExchangeFiles(files)) it(basename(file.path), () => importAndReplay(file))
})
