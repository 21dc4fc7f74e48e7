import assert from 'node:assert/strict'
import { Cassette } from '../../../src/cassette/cassette.ts'
import { emitItem } from '../../../src/cassette/yaml/emit.ts'
import { sampleInteraction } from '../samples.ts'

describe('a large cassette', () => {
  it('opens 10,000 interactions in less than a second, and reads one without the others', () => {
    const filler = 'x'.repeat(3800)
    const items = Array.from({ length: 10_000 }, (_, index) =>
      emitItem({ ...sampleInteraction(`p${index}`), filler }, 'readable'),
    )
    const file = Buffer.from(`version: 1\ninteractions:\n${items.join('')}`)
    assert.ok(file.length > 40_000_000)
    const start = performance.now()
    const cassette = Cassette.parse(file, 'x.yaml')
    const keys = new Set(
      cassette.entries.map((entry) => `${entry.match?.key} ${entry.id} ${entry.method} ${entry.url}`),
    )
    const opened = performance.now()
    cassette.entries[5000]?.read()
    const read = performance.now()
    assert.equal(keys.size, 10_000)
    assert.ok(opened - start < 1500, `opened in ${opened - start} ms`)
    assert.ok(read - opened < 50, `read one in ${read - opened} ms`)
  })
})
