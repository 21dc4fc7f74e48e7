import assert from 'node:assert/strict'
import { parseDocument } from 'yaml'
import { Cassette, renderCassette } from '../../src/cassette/cassette.ts'
import { Ids, nextId } from '../../src/cassette/ids.ts'
import type { Interaction } from '../../src/cassette/interaction.ts'
import { interactionText, withId } from '../../src/cassette/interaction-text.ts'
import { sampleFile, sampleInteraction, sampleText } from './samples.ts'

function fileOf(...texts: string[]): Buffer {
  return Buffer.from(Array.from(renderCassette({ entries: texts, incomplete: false }), String).join(''))
}

describe('the text of an interaction', () => {
  it('is as the format says, with the keys in their order', () => {
    assert.equal(
      sampleText('hi'),
      [
        '  - id: 6869aaaaaaaaaaaa',
        '    recorded_at: 2026-11-21T08:00:00.000Z',
        '    request:',
        '      method: POST',
        '      url: https://api.openai.com/v1/chat/completions',
        '      headers: {content-type: application/json}',
        '      body: {json: {model: gpt-5-mini, stream: true, messages: [{role: user, content: hi}]}}',
        `    match: {key: ${'6869'.padEnd(64, 'a')}, semantic_key: ${'9686'.padStart(64, 'a')}, on: ['*'], api: openai-chat, v: 1}`,
        '    response:',
        '      status: 200',
        '      headers: {Content-Type: text/event-stream}',
        '      body:',
        '        sse:',
        '          - {data: {json: {choices: [{delta: {content: hi}}]}}}',
        "          - {data: '[DONE]'}",
        '',
      ].join('\n'),
    )
  })

  it('does not depend on the order in which the keys were set', () => {
    const interaction = sampleInteraction('hi')
    const { response = assert.fail(), request } = interaction
    const turned = {
      ...Object.fromEntries(Object.entries({ ...interaction, zeta: 1 }).toReversed()),
      request: Object.fromEntries(Object.entries(request).toReversed()),
      response: Object.fromEntries(Object.entries(response).toReversed()),
    } as unknown as Interaction
    assert.equal(interactionText(turned), `${interactionText(interaction)}    zeta: 1\n`)
  })

  it('gets another id and does not change otherwise', () => {
    const [text, interaction] = [sampleText('hi'), sampleInteraction('hi')]
    for (const id of ['abc-2', '1234567890123456', '7e20664800000000']) {
      assert.equal(withId(text, id), interactionText({ ...interaction, id }))
    }
  })

  it('is refused if YAML cannot express it', () => {
    const endless: unknown[] = []
    endless.push(endless)
    const interaction = { ...sampleInteraction('hi'), rebased: { endless } }
    assert.throws(() => interactionText(interaction), { code: 'CASSETTE_WRITE' })
  })
})

class CountingSet extends Set<string> {
  asked = 0
  override has(id: string): boolean {
    this.asked++
    return super.has(id)
  }
}

describe('ids', () => {
  it('are the first 16 hex digits of the key, with a number from the second one on', () => {
    const taken = new Set<string>()
    const key = '7d206bed48a0bc0c'.padEnd(64, '0')
    const ids = Array.from({ length: 3 }, () => {
      const id = nextId(key, taken)
      taken.add(id)
      return id
    })
    assert.deepEqual(ids, ['7d206bed48a0bc0c', '7d206bed48a0bc0c-2', '7d206bed48a0bc0c-3'])
  })

  it('of 1,000 repeats are found in a few look-ups each', () => {
    const key = '7d206bed48a0bc0c'.padEnd(64, '0')
    const taken = new CountingSet(['7d206bed48a0bc0c-2', '7d206bed48a0bc0c-5'])
    const ids = new Ids(taken)
    const given = Array.from({ length: 1000 }, () => ids.take(key))
    const numbers = given.slice(0, 5).map((id) => id.slice(17))
    assert.deepEqual(numbers, ['', '3', '4', '6', '7'])
    assert.equal(new Set(given).size, 1000)
    assert.ok(taken.asked < 3000, `${taken.asked} look-ups`)
  })
})

describe('a cassette file', () => {
  it('is YAML 1.2 that any parser reads, without tags and aliases', () => {
    const file = fileOf(sampleText('a'), sampleText('b')).toString()
    assert.equal(file, sampleFile('a', 'b'))
    const document = parseDocument(file, { version: '1.2', schema: 'core', strict: true })
    assert.deepEqual([document.errors, document.warnings], [[], []])
    assert.deepEqual(document.toJS(), {
      version: 1,
      interactions: [sampleInteraction('a'), sampleInteraction('b')],
    })
  })

  it('gets the metadata of the user and a mark', () => {
    const metadata = { owner: 'me', note: 'line one of the note\nline two of the note', list: [] }
    const text = Array.from(renderCassette({ entries: [], incomplete: true, metadata }), String).join('')
    const cassette = Cassette.parse(Buffer.from(text), 'x.yaml')
    assert.deepEqual([cassette.metadata, cassette.incomplete, cassette.isEmpty], [metadata, true, true])
    assert.ok(text.startsWith('version: 1\nincomplete: true\nmetadata:\n'))
  })

  it('keeps every other byte when one interaction is removed and one is added', () => {
    const before = sampleFile('one', 'two', 'three').replace('\n    match', '\n    # by hand\n    match')
    const cassette = Cassette.parse(Buffer.from(before), 'x.yaml')
    const [first, , third] = cassette.entries.map(({ text }) => text)
    assert.ok(first !== undefined && third !== undefined)
    const entries = [first, sampleText('new'), third]
    const after = Buffer.concat(
      Array.from(renderCassette({ cassette, entries, incomplete: false }), (piece) =>
        Buffer.from(piece as string),
      ),
    ).toString()
    const [one = '', three = ''] = [first, third].map((text) => Buffer.from(text as Uint8Array).toString())
    assert.equal(after, `version: 1\ninteractions:\n${one}${sampleText('new')}${three}`)
    assert.ok(before.includes(one) && before.includes(three))
  })

  it('accepts items of a file with other indentation and line ends', () => {
    const other = `version: 1\r\ninteractions:\r\n${sampleFile('one').split('\n').slice(2).map((line) => line.slice(2)).join('\r\n')}` // prettier-ignore
    const from = Cassette.parse(Buffer.from(other), 'other.yaml')
    const into = Cassette.parse(Buffer.from(sampleFile('two')), 'x.yaml')
    const entries = [...into.entries, ...from.entries].map(({ text }) => text)
    const text = Buffer.concat(
      Array.from(renderCassette({ cassette: into, entries, incomplete: false }), (piece) =>
        Buffer.from(piece as string),
      ),
    ).toString()
    assert.equal(text, sampleFile('two', 'one'))
  })
})
