import type { JsonObject } from '../../../src/matching.ts'
import { type Case, checkAll, post } from '../../providers/support.ts'

describe('matchOn: a list made for chats, in a JSON body of an unknown API', () => {
  const ask = (fields: JsonObject, url = 'https://x.example/api/q') =>
    post(url, { model: 'a', stream: false, ...fields })
  const lists: readonly (readonly string[])[] = [
    ['model', 'messages'],
    ['model'],
    ['stream', 'model', 'tools'],
  ]
  checkAll([
    ...lists.map((list): Case => [
      `[${list.join()}] leaves the whole body`,
      'different',
      ask({ q: 1 }),
      ask({ q: 2 }),
      list,
    ]),
    ['a field of the body, named', 'same', ask({ q: 1, r: 1 }), ask({ q: 1, r: 2 }), ['model', 'q']],
    [
      'the model beside a field of the body',
      'different',
      ask({ q: 1 }),
      ask({ q: 1, model: 'b' }),
      ['model', 'q'],
    ],
  ] satisfies Case[])
})
