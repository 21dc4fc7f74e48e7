import assert from 'node:assert/strict'
import { basename } from 'node:path'
import { parseDocument } from 'yaml'
import { Cassette } from '../../src/cassette/cassette.ts'
import { fromInteraction, toInteraction } from '../../src/cassette/convert.ts'
import { sameValue } from '../../src/cassette/yaml/own-keys.ts'
import { quickRead } from '../../src/cassette/yaml/quick-read.ts'
import { interactionText } from '../../src/cassette/interaction-text.ts'
import { decodeContent } from '../../src/exchange/content-encoding/content-encoding.ts'
import { bodyOf, type FixtureExchange, readExchangeFiles } from '../helpers/exchange-files.ts'
import { fromRoot, shared } from '../helpers/shared.ts'
import { RECORDED_AT, sampleMatch } from './samples.ts'

/** Only the quick reader reads larger items: a YAML parser is slow. */
const MAX_PARSED_CHARACTERS = 40_000

async function assertKept({ request, response }: FixtureExchange, id: string): Promise<string> {
  const exchange = await decodeContent({
    recordedAt: RECORDED_AT,
    request: { ...request, body: request.bodyBase64 === '' ? null : bodyOf(request) },
    response: { ...response, delayMs: 0, chunks: [{ data: bodyOf(response), delayMs: 0 }] },
  })
  const interaction = toInteraction(exchange, sampleMatch('x'), id)
  const text = interactionText(interaction)
  assert.ok(sameValue(quickRead(text), interaction), 'read by the quick reader')
  if (text.length < MAX_PARSED_CHARACTERS) {
    const document = parseDocument(text, { version: '1.2', schema: 'core' })
    assert.deepEqual([document.errors, document.warnings], [[], []])
    assert.ok(sameValue((document.toJS() as unknown[])[0], interaction), 'read by a YAML parser')
  }
  const back = fromInteraction(interaction)
  assert.deepEqual([back.request.headers, back.response?.headers], [request.headers, response.headers])
  const bytes = (chunks: readonly { readonly data: Uint8Array }[] = []) =>
    Buffer.concat(chunks.map(({ data }) => data))
  assert.ok(bytes(back.response?.chunks).equals(bytes(exchange.response?.chunks)))
  assert.deepEqual(Buffer.from(back.request.body ?? []), Buffer.from(exchange.request.body ?? []))
  return text
}

describe('real provider traffic in a cassette', () => {
  const folders = {
    'ten exchanges of the corpus': fromRoot('test/fixtures/exchanges'),
    'the whole corpus': shared('corpus/http'),
  }
  for (const [title, folder] of Object.entries(folders)) {
    it(`comes back unchanged from the quick reader and from a YAML parser: ${title}`, async function () {
      this.timeout(60_000)
      if (folder === undefined) this.skip()
      let count = 0
      for (const { path, exchanges } of readExchangeFiles(folder)) {
        const texts: string[] = []
        for (const exchange of exchanges)
          texts.push(await assertKept(exchange, `${basename(path)}-${count++}`))
        const cassette = Cassette.parse(Buffer.from(`version: 1\ninteractions:\n${texts.join('')}`), path)
        assert.equal(cassette.entries.length, exchanges.length)
        assert.deepEqual(
          cassette.entries.map((entry) => entry.read().request.url),
          exchanges.map(({ request }) => request.url),
        )
      }
      assert.ok(count >= 10)
    })
  }
})
