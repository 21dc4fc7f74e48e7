import assert from 'node:assert/strict'

import type { Digest } from '../../../src/drift/types.ts'
import { cosine, embeddingRequest } from '../../../src/migration/comparing/embedding.ts'
import { similarity } from '../../../src/migration/comparing/fuzzy.ts'
import { readJudgement } from '../../../src/migration/comparing/judge.ts'
import { PROVIDERS } from '../../../src/migration/providers.ts'

describe('how alike two texts are', () => {
  it('is 1 for the same text, 0 for texts without a common character, and between for others', () => {
    assert.equal(similarity('Paris.', 'Paris.'), 1)
    assert.equal(similarity('', ''), 1)
    assert.equal(similarity('abc', 'xyz'), 0)
    assert.equal(similarity('Paris.', ''), 0)
    assert.ok(Math.abs(similarity('Paris.', 'It is Paris.') - 2 / 3) < 0.001)
    assert.ok(similarity('kitten', 'sitting') > 0.5)
  })

  it('compares long texts by words, and gives up on texts that have nothing in common', () => {
    const words = Array.from({ length: 5000 }, (_, at) => `word${at}`)
    const changed = words.map((word, at) => (at % 100 === 0 ? 'other' : word)).join(' ')
    const found = similarity(words.join(' '), changed)
    assert.ok(found > 0.95 && found < 1, String(found))
    const foreign = Array.from({ length: 5000 }, (_, at) => `${at}x`).join('-')
    assert.ok(similarity(words.join('+'), foreign) < 0.2)
  })
})

describe('the cosine of two embeddings', () => {
  it('is undefined if they cannot be compared', () => {
    assert.equal(cosine([[1, 0], [1, 0]]), 1) // prettier-ignore
    assert.equal(cosine([[1, 0], [0, 1]]), 0) // prettier-ignore
    for (const vectors of [
      [],
      [[1]],
      [[1], [1, 2]],
      [
        [0, 0],
        [1, 1],
      ],
      [[Infinity], [1]],
    ])
      assert.equal(cosine(vectors), undefined)
  })

  it('can be asked of every provider but Anthropic', () => {
    for (const { api, embeddingModel, name } of PROVIDERS) {
      const request = embeddingRequest(api, 'm', ['a', 'b'])
      assert.equal(request === undefined, name === 'anthropic')
      assert.equal(embeddingModel === undefined, name === 'anthropic')
    }
  })
})

describe('the judgement of a model', () => {
  const said = (text: string): Digest => ({
    ok: true,
    status: 200,
    choices: [
      { text, tool_calls: [], finish: 'stop', refusal: null, truncated: false, reasoning: '', media: [] },
    ],
    usage: null,
  })

  for (const text of [
    '{"verdict": "same", "reason": "r"}',
    '```json\n{"reason": "r", "verdict": "SAME "}\n```',
    'Here it is: {"verdict": "same", "reason": "r"}.',
  ])
    it(`is read from ${JSON.stringify(text.slice(0, 24))}`, () => {
      assert.deepEqual(readJudgement(said(text)), { verdict: 'same', reason: 'r' })
    })

  for (const text of [
    '',
    'same',
    '{"verdict": "perhaps"}',
    '{"verdict": 1}',
    '{"verdict": "same"',
    '[]',
    '{}',
  ])
    it(`is not read from ${JSON.stringify(text)}`, () => {
      assert.equal(readJudgement(said(text)), undefined)
    })
})
