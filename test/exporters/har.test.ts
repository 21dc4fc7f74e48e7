import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

import { Ajv } from 'ajv'

import { exportCommand } from '../../src/cli/commands/export.ts'
import { importOne } from '../../src/cli/import-run.ts'
import { runHere } from '../helpers/cli.ts'
import { fromRoot } from '../helpers/shared.ts'
import { tempFolder } from '../helpers/temp-folder.ts'

interface HarEntry {
  readonly request: { readonly url: string }
  readonly response: { readonly status: number; readonly content: { readonly text?: string } }
  readonly _webSocketMessages?: readonly { readonly type: string; readonly data: string }[]
}

const load = createRequire(import.meta.url)

/** The JSON Schema of HAR 1.2. */
function isHar(value: unknown): string {
  const ajv = new Ajv({ strict: false, validateFormats: false })
  ajv.addMetaSchema(load('ajv/dist/refs/json-schema-draft-06.json') as object)
  const schemas = load('har-schema') as Readonly<Record<string, object>>
  for (const schema of Object.values(schemas)) ajv.addSchema(schema)
  return ajv.validate('har.json#', value) ? '' : ajv.errorsText()
}

describe('the exporter of HAR', () => {
  let folder: ReturnType<typeof tempFolder>
  beforeEach(() => {
    folder = tempFolder()
  })
  afterEach(() => folder.remove())

  async function exported(fixture: string): Promise<{ text: string; entries: readonly HarEntry[] }> {
    await importOne(
      { path: fromRoot(`test/fixtures/imports/${fixture}`), out: join(folder.path, 'a.yaml') },
      undefined,
    )
    const { code } = await runHere(folder.path, exportCommand, ['har', 'a.yaml', '-o', 'out.har'])
    assert.equal(code, 0)
    const text = readFileSync(join(folder.path, 'out.har'), 'utf8')
    return { text, entries: (JSON.parse(text) as { log: { entries: HarEntry[] } }).log.entries }
  }

  const isWhole = async (fixture: string): Promise<void> => {
    const { text, entries } = await exported(fixture)
    assert.equal(isHar(JSON.parse(text)), '')
    const { file } = await importOne(
      { path: join(folder.path, 'out.har'), out: join(folder.path, 'b.yaml') },
      undefined,
    )
    assert.deepEqual([file?.interactions, file?.lost], [entries.length, []])
  }

  for (const fixture of ['mitmproxy.flows', 'undici.json', 'cassetter.yaml', 'playwright.har'])
    it(`keeps the schema of HAR 1.2 with the calls of ${fixture}, and what it writes is imported again`, () =>
      isWhole(fixture))

  it('has the messages of WebSockets where Chrome has them', async () => {
    const { entries } = await exported('cassetter.yaml')
    const socket = entries.find(({ _webSocketMessages }) => _webSocketMessages)
    assert.deepEqual(
      socket?._webSocketMessages?.slice(0, 2).map(({ type, data }) => [type, data]),
      [
        ['send', '{"subscribe":"ticker"}'],
        ['receive', '{"price":42.5,"symbol":"ACME"}'],
      ],
    )
  })

  it('is no JSON that the test of the schema takes without its entries', () => {
    assert.notEqual(isHar({ log: { version: '1.2' } }), '')
  })
})
