import assert from 'node:assert/strict'
import { explainMatch, UnknownMatchFieldError } from '../../src/matching.ts'
import type { MatchOptions, MatchRequest } from '../../src/matching.ts'
import { anthropic, converse, gemini, openai, post, responses } from '../providers/support.ts'

const ignored = (request: MatchRequest, options?: MatchOptions): Record<string, string> =>
  Object.fromEntries(
    explainMatch(request, request, options).ignored.map(({ path, reason }) => [path, reason]),
  )

describe('explainMatch', () => {
  it('lists what was compared and what was not, even if the requests differ', () => {
    const recorded = openai({ user: 'a', temperature: 0, tools: [] })
    const incoming = {
      ...openai({ user: 'b', temperature: 1 }, 'https://gateway.example/v1/chat/completions?key=1'),
      headers: { authorization: 'x' },
    }
    const { matches, compared, ignored: left, differences } = explainMatch(recorded, incoming)
    assert.equal(matches, true)
    assert.deepEqual(differences, [])
    assert.deepEqual(compared, ['messages', 'method', 'model', 'op', 'path', 'stream'])
    assert.deepEqual(
      left.map(({ path }) => path),
      ['headers.authorization', 'headers.content-type', 'host', 'query.key', 'temperature', 'user'],
    )
    assert.ok(left.every(({ reason }) => reason.length > 5))
  })

  it('says why two requests do not match', () => {
    const { matches, differences } = explainMatch(openai({}), openai({ model: 'x' }))
    assert.equal(matches, false)
    assert.deepEqual(differences, [{ path: 'model', recorded: 'gpt', incoming: 'x' }])
  })

  it('distinguishes a field that matchOn omits from one that never counts', () => {
    const reasons = ignored(openai({ seed: 1, store: true }))
    assert.equal(reasons['seed'], 'not in matchOn')
    assert.notEqual(reasons['store'], 'not in matchOn')
    assert.equal('seed' in ignored(openai({ seed: 1 }), { matchOn: ['messages', 'seed'] }), false)
    assert.equal('store' in ignored(openai({ store: true }), { matchOn: ['messages', 'store'] }), false)
    assert.equal(ignored(openai({}), { matchOn: ['messages'] })['model'], 'not in matchOn')
  })

  it('finds ids, signatures, caching marks and secrets inside the body', () => {
    const call = { id: 'c', index: 0, type: 'function', function: { name: 'f', arguments: '{"id":1}' } }
    const requests = [
      openai({
        messages: [
          { role: 'assistant', id: 'm', tool_calls: [call] },
          { role: 'tool', tool_call_id: 'c', content: 'x', status: 'ok' },
        ],
      }),
      anthropic({
        system: [{ type: 'text', text: 's', cache_control: {} }],
        messages: [
          {
            role: 'assistant',
            content: [
              { type: 'thinking', thinking: 't', signature: 's' },
              { type: 'redacted_thinking', data: 'x' },
              { type: 'tool_use', id: 'i', name: 'f', input: { id: 1, signature: 2 } },
            ],
          },
        ],
      }),
      responses({
        input: [{ type: 'reasoning', id: 'r', summary: [], encrypted_content: 'e' }],
        tools: [{ type: 'mcp', server_label: 's', authorization: 'secret' }],
      }),
      gemini({ contents: [{ parts: [{ text: 'x', thoughtSignature: 's' }] }] }),
      converse({ messages: [{ role: 'user', content: [{ text: 'x' }, { cachePoint: {} }] }] }),
    ]
    const found = requests.map((request) =>
      Object.keys(ignored(request)).filter((path) => path.includes('[')),
    )
    assert.deepEqual(found, [
      [
        'messages[0].id',
        'messages[0].tool_calls[0].id',
        'messages[0].tool_calls[0].index',
        'messages[1].status',
        'messages[1].tool_call_id',
      ],
      [
        'messages[0].content[0].signature',
        'messages[0].content[1].data',
        'messages[0].content[2].id',
        'system[0].cache_control',
      ],
      ['input[0].encrypted_content', 'input[0].id', 'tools[0].authorization'],
      ['contents[0].parts[0].thoughtSignature'],
      ['messages[0].content[1].cachePoint'],
    ])
  })

  it('does not report an id that is content as a generated id', () => {
    const found = ignored(responses({ input: [{ id: 'a' }, { role: 'user', content: 'x', id: 'b' }] }))
    assert.equal('input[0].id' in found, false)
    assert.ok('input[1].id' in found)
  })

  it('lists the keys of a JSON body of an unknown API', () => {
    const request = post('https://a.example/x?p=1&token=9f8b2c7d1e4a5f60718293a4', {
      q: 1,
      r: 2,
      request_id: '0d3c1a52-6f0f-4b6e-9a51-0a3f2c9b7d11',
    })
    assert.deepEqual(explainMatch(request, request).compared, [
      'body',
      'host',
      'method',
      'op',
      'path',
      'query',
      'stream',
    ])
    assert.deepEqual(Object.keys(ignored(request)), [
      'body.request_id',
      'headers.content-type',
      'query.token',
    ])
    assert.deepEqual(explainMatch(request, request, { matchOn: ['q'] }).compared, [
      'body',
      'body.q',
      'host',
      'method',
      'op',
      'path',
      'stream',
    ])
    assert.deepEqual(Object.keys(ignored(request, { matchOn: ['q'] })), [
      'body.r',
      'body.request_id',
      'headers.content-type',
      'query',
      'query.token',
    ])
  })

  it('refuses an unknown name', () => {
    assert.throws(
      () => explainMatch(openai({}), openai({}), { matchOn: ['mesages'] }),
      UnknownMatchFieldError,
    )
  })
})
