import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { renderCassette } from '../../src/cassette/cassette.ts'
import { loadCassette } from '../../src/storage/file.ts'
import { openJournal } from '../../src/storage/journal.ts'
import { sampleFile, sampleInteraction } from '../cassette/samples.ts'
import { asText, killHard, recorder, startChild, useFolder } from './helpers.ts'

describe('a process that is killed while it records', () => {
  const at = useFolder()

  it('loses no finished exchange and does not change the old cassette', async () => {
    writeFileSync(at('x.yaml'), sampleFile('old'))
    const child = startChild(['record', at('x.yaml'), '5'])
    await child.line('done')
    await killHard(child)
    assert.equal(readFileSync(at('x.yaml'), 'utf8'), sampleFile('old'))
    const journal = openJournal(at('x.yaml'), recorder())
    const cassette = loadCassette(at('x.yaml'))
    const entries = [...(cassette?.entries ?? []), ...journal.recovered].map((entry) => entry.text)
    journal.commit(renderCassette({ cassette, entries, incomplete: false }))
    const prompts = ['old', ...Array.from({ length: 5 }, (_, index) => `prompt ${index}`)]
    assert.deepEqual(
      loadCassette(at('x.yaml'))?.entries.map((entry) => entry.read()),
      prompts.map(sampleInteraction),
    )
    assert.equal(readFileSync(at('x.yaml'), 'utf8'), sampleFile(...prompts))
    assert.deepEqual(readdirSync(at()), ['x.yaml'])
  })

  it('loses at most the exchange that it is writing', async () => {
    for (const after of [3, 50, 200]) {
      const child = startChild(['record', at('x.yaml'), '100000'])
      await child.line(`appended ${after}`)
      await killHard(child)
      const said = (await child.lines).filter((line) => /^appended \d+$/.test(line)).length
      const journal = openJournal(at('x.yaml'), recorder())
      const items = journal.recovered.map((entry) => entry.read())
      // The child prints a line after each write, so one more exchange may be on disk.
      assert.ok(items.length === said || items.length === said + 1, `${said} said, ${items.length} recovered`)
      assert.deepEqual(
        items,
        items.map((_, index) => sampleInteraction(`prompt ${index}`)),
      )
      journal.discard()
    }
  })

  it('loses nothing of any run if it is killed again and again', async () => {
    for (let run = 0; run < 3; run++) {
      const child = startChild(['record', at('x.yaml'), '2'])
      await child.line('done')
      await killHard(child)
    }
    const journal = openJournal(at('x.yaml'), recorder())
    const text = asText(
      renderCassette({ entries: journal.recovered.map((entry) => entry.text), incomplete: true }),
    )
    assert.equal(
      text,
      sampleFile('prompt 0', 'prompt 1', 'prompt 0', 'prompt 1', 'prompt 0', 'prompt 1').replace(
        '\n',
        '\nincomplete: true\n',
      ),
    )
    journal.discard()
  })
})
