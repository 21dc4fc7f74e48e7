import assert from 'node:assert/strict'
import { canonicalize, nearest } from '../../src/matching.ts'
import type { MatchRequest } from '../../src/matching.ts'
import { openai, post, USER } from '../providers/support.ts'

const pick = (incoming: MatchRequest, ...recorded: MatchRequest[]) =>
  nearest(
    canonicalize(incoming),
    recorded.map((request) => canonicalize(request)),
  )
const say = (content: string, more: object = {}) => openai({ messages: [{ role: 'user', content }], ...more })

describe('nearest recording', () => {
  it('is undefined if there are no recordings', () => {
    assert.equal(pick(say('a')), undefined)
  })

  it('has the same method, path and operation, even if much else differs', () => {
    const elsewhere = openai({}, 'https://api.openai.com/v2/chat/completions')
    const far = say('z', { model: 'x', tools: [{ type: 'function', function: { name: 'f' } }], stream: true })
    assert.equal(pick(openai({}), elsewhere, far, elsewhere)?.index, 1)
  })

  it('has the fewest differing paths among those', () => {
    const found = pick(say('a'), say('b', { model: 'x' }), say('b'), say('b', { model: 'x' }))
    assert.equal(found?.index, 1)
    assert.deepEqual(found.differences, [{ path: 'messages[0].content', recorded: 'b', incoming: 'a' }])
  })

  it('is the latest of several that are equally near', () => {
    assert.equal(pick(say('a'), say('b'), say('c'), say('d'))?.index, 2)
  })

  it('is the latest with the fewest differences if no path is the same', () => {
    const get = (path: string): MatchRequest => ({ method: 'GET', url: `https://a.example${path}` })
    assert.equal(
      pick(get('/x'), post('https://b.example/y', { messages: [USER] }), get('/y'), get('/z'))?.index,
      2,
    )
  })

  it('depends only on the fields that matchOn compares', () => {
    const options = { matchOn: ['messages'] }
    const recorded = [say('b'), say('a', { model: 'x' })].map((request) => canonicalize(request, options))
    assert.deepEqual(nearest(canonicalize(say('a'), options), recorded, options), {
      index: 1,
      differences: [],
    })
  })
})
