import assert from 'node:assert/strict'
import { differences } from '../../../src/matching.ts'
import type { MatchRequest } from '../../../src/matching.ts'
import {
  anthropic,
  gemini,
  history,
  ollama,
  openai,
  paths,
  post,
  responses,
  USER,
} from '../../providers/support.ts'

const said = (content: unknown, more: object = {}) => ({ role: 'assistant', content, ...more })
const user = (content: unknown) => ({ role: 'user', content })
const talk = (...messages: unknown[]) => openai({ messages })
const call = (args: string, name = 'f') =>
  said(null, { tool_calls: [{ id: 'c', type: 'function', function: { name, arguments: args } }] })
const text = (value: string) => ({ type: 'text', text: value })
const image = (url: string) => ({ type: 'image_url', image_url: { url } })
const tool = (name: string, fields: object = {}) => ({ type: 'function', function: { name, ...fields } })

/** The rules of docs/matching.md, "Differences". */
const ROWS: readonly (readonly [
  title: string,
  recorded: MatchRequest,
  incoming: MatchRequest,
  expected: readonly string[],
  matchOn?: readonly string[],
])[] = [
  ['nothing', openai({}), openai({}), []],
  ['bare text', talk(user('a')), talk(user('b')), ['messages[0].content']],
  ['a text appeared', talk(user('a'), said('')), talk(user('a'), said('b')), ['messages[1].content']],
  [
    'bare text and parts',
    talk(user('a')),
    talk(user([text('b'), image('https://a.example')])),
    ['messages[0].content[0].text', 'messages[0].content[1]'],
  ],
  [
    'a part before',
    talk(user('a')),
    talk(user([image('https://a.example'), text('a')])),
    ['messages[0].content[0]'],
  ],
  [
    'a part is gone',
    talk(user([text('a'), text('b')])),
    talk(user([text('b'), text('c')])),
    ['messages[0].content[0].text', 'messages[0].content[1].text'],
  ],
  [
    'parts from nothing',
    talk(user('a'), said(null, { tool_calls: [] })),
    talk(user('a'), said([text('x'), text('y')])),
    ['messages[1].content[0]', 'messages[1].content[1]'],
  ],
  [
    'a part of another type',
    talk(user([text('a'), text('b')])),
    talk(user([text('a'), image('https://a.example')])),
    ['messages[0].content[1]'],
  ],
  [
    'the URL of a part',
    talk(user([image('https://a.example')])),
    talk(user([image('https://b.example')])),
    ['messages[0].content[0].url'],
  ],
  [
    'the system prompt, bare',
    talk({ role: 'system', content: 'a' }, USER),
    talk({ role: 'system', content: 'b' }, USER),
    ['system'],
  ],
  ['the system prompt, absent', talk(USER), talk({ role: 'system', content: 'b' }, USER), ['system']],
  [
    'the system prompt, in blocks',
    anthropic({ system: [text('a'), text('b')] }),
    anthropic({ system: [text('a'), text('c'), text('d')] }),
    ['system[1].text', 'system[2]'],
  ],
  [
    'the system prompt, bare and in blocks',
    anthropic({ system: 'a' }),
    anthropic({ system: [text('a'), text('b')] }),
    ['system[1]'],
  ],
  ['another role', talk(user('a'), user('b')), talk(user('a'), said('b')), ['messages[1]']],
  [
    'a message inserted and one changed',
    talk(user('a'), user('b'), user('c')),
    talk(user('a'), user('x'), user('y'), user('c')),
    ['messages[1].content', 'messages[2]'],
  ],
  [
    'a message removed in the middle',
    talk(user('a'), user('b'), user('c')),
    talk(user('a'), user('c')),
    ['messages[1]'],
  ],
  [
    'two messages alike, one removed',
    talk(user('a'), user('a'), user('c')),
    talk(user('a'), user('c')),
    ['messages[1]'],
  ],
  ['a name of a message', talk(user('a')), talk({ ...user('a'), name: 'n' }), ['messages[0].name']],
  [
    'an argument',
    talk(USER, call('{"a":{"b":[1,2]}}')),
    talk(USER, call('{"a":{"b":[1,3]}}')),
    ['messages[1].tool_calls[0].arguments.a.b[1]'],
  ],
  [
    'an argument appeared',
    talk(USER, call('{}')),
    talk(USER, call('{"a":1}')),
    ['messages[1].tool_calls[0].arguments.a'],
  ],
  [
    'an argument that is null appeared',
    talk(USER, call('{}')),
    talk(USER, call('{"a":null}')),
    ['messages[1].tool_calls[0].arguments.a'],
  ],
  [
    'arguments that do not parse',
    talk(USER, call('{"a":1}')),
    talk(USER, call('{"a"')),
    ['messages[1].tool_calls[0].arguments.$raw', 'messages[1].tool_calls[0].arguments.a'],
  ],
  [
    'the name of a call',
    talk(USER, call('{}')),
    talk(USER, call('{}', 'g')),
    ['messages[1].tool_calls[0].name'],
  ],
  [
    'a call appeared',
    talk(USER, said('x')),
    talk(USER, { ...call('{}'), content: 'x' }),
    ['messages[1].tool_calls'],
  ],
  [
    'a schema leaf of one tool',
    openai({
      tools: [
        tool('a'),
        tool('b', { parameters: { type: 'object', properties: { n: { type: 'integer' } } } }),
      ],
    }),
    openai({
      tools: [
        tool('b', { parameters: { type: 'object', properties: { n: { type: 'number' } } } }),
        tool('a'),
      ],
    }),
    ['tools[b].parameters.properties.n.type'],
  ],
  [
    'tools added and removed',
    openai({ tools: [tool('a')] }),
    openai({ tools: [tool('b')] }),
    ['tools[a]', 'tools[b]'],
  ],
  ['tools from nothing', openai({}), openai({ tools: [tool('a'), tool('b')] }), ['tools[a]', 'tools[b]']],
  [
    'a built-in tool by its type',
    anthropic({ tools: [{ type: 'web_search_20250305', name: 'web_search', max_uses: 1 }] }),
    anthropic({ tools: [{ type: 'web_search_20250305', name: 'web_search', max_uses: 2 }] }),
    ['tools[web_search_20250305].max_uses'],
  ],
  [
    'built-in tools of one type',
    responses({
      input: 'x',
      tools: [
        { type: 'mcp', server_label: 'a' },
        { type: 'mcp', server_label: 'b' },
      ],
    }),
    responses({
      input: 'x',
      tools: [
        { type: 'mcp', server_label: 'a' },
        { type: 'mcp', server_label: 'c' },
      ],
    }),
    ['tools[mcp][1].server_label'],
  ],
  [
    'built-in tools of one type, some of them alike',
    responses({
      input: 'x',
      tools: ['a', 'a', 'b', 'b'].map((label) => ({ type: 'mcp', server_label: label })),
    }),
    responses({
      input: 'x',
      tools: ['a', 'b', 'b', 'c'].map((label) => ({ type: 'mcp', server_label: label })),
    }),
    ['tools[mcp][3].server_label'],
  ],
  [
    'fewer built-in tools of one type, alike',
    responses({
      input: 'x',
      tools: ['a', 'a', 'a', 'b'].map((label) => ({ type: 'mcp', server_label: label })),
    }),
    responses({ input: 'x', tools: ['a', 'b'].map((label) => ({ type: 'mcp', server_label: label })) }),
    ['tools[mcp][1]', 'tools[mcp][2]'],
  ],
  [
    'custom tools by name',
    openai({
      tools: [
        { type: 'custom', name: 'a' },
        { type: 'custom', name: 'b', description: 'x' },
      ],
    }),
    openai({
      tools: [
        { type: 'custom', name: 'a' },
        { type: 'custom', name: 'b', description: 'y' },
      ],
    }),
    ['tools[b].description'],
  ],
  [
    'the named tool',
    openai({ tool_choice: { type: 'function', function: { name: 'a' } } }),
    openai({ tool_choice: { type: 'function', function: { name: 'b' } } }),
    ['tool_choice.name'],
  ],
  [
    'prompt state, one of two',
    responses({ input: 'x', conversation: 'c', prompt: { id: 'p' } }),
    responses({ input: 'x', conversation: 'c', prompt: { id: 'q' } }),
    ['context.prompt.id'],
  ],
  [
    'prompt state, from nothing',
    responses({ input: 'x' }),
    responses({ input: 'x', conversation: 'c' }),
    ['context'],
  ],
  [
    'a budget',
    anthropic({ thinking: { type: 'enabled', budget_tokens: 1 } }),
    anthropic({ thinking: { type: 'enabled', budget_tokens: 2 } }),
    ['thinking.budget_tokens'],
  ],
  [
    'a format',
    openai({ response_format: { type: 'json_schema', json_schema: { name: 'a', schema: {} } } }),
    openai({ response_format: { type: 'json_schema', json_schema: { name: 'b', schema: {} } } }),
    ['response_format.name'],
  ],
  [
    'method, path and stream',
    openai({}),
    { ...openai({ stream: true }, 'https://x.example/chat/completions'), method: 'PUT' },
    ['method', 'path', 'stream'],
  ],
  [
    'the operation',
    responses({ input: 'x' }),
    responses({ input: 'x' }, 'https://x.example/v1/responses/input_tokens'),
    ['op', 'path'],
  ],
  ['background', responses({ input: 'x', background: true }), responses({ input: 'x' }), ['background']],
  ['alt', gemini({}, 'm:streamGenerateContent?alt=sse'), gemini({}, 'm:streamGenerateContent'), ['alt']],
  ['the host where it counts', post('https://a.example/x', {}), post('https://b.example/x', {}), ['host']],
  ['the host of a chat', openai({}), openai({}, 'https://b.example/v1/chat/completions'), []],
  [
    'the host of a chat, named',
    openai({}),
    openai({}, 'https://b.example/v1/chat/completions'),
    ['host'],
    ['messages', 'host'],
  ],
  ['what is not matched', openai({ temperature: 1, user: 'a' }), openai({ temperature: 2, user: 'b' }), []],
  [
    'what is not matched by the list',
    openai({}),
    openai({ model: 'x', messages: [user('b')] }),
    ['model'],
    ['model'],
  ],
  [
    'ids of calls',
    talk(USER, call('{}'), { role: 'tool', tool_call_id: 'c', content: 'a' }),
    talk(USER, { ...call('{}'), id: 'z' }, { role: 'tool', tool_call_id: 'c', content: 'b' }),
    ['messages[2].content'],
  ],
  ['Ollama streams', ollama({}), ollama({ stream: false }), ['stream']],
  [
    'everything of another operation',
    openai({}),
    post('https://api.openai.com/v1/chat/completions', { q: 1 }),
    ['body', 'host', 'messages[0]', 'model', 'op'],
  ],
]

describe('differences', () => {
  for (const [title, recorded, incoming, expected, matchOn] of ROWS) {
    it(`${title}: ${expected.join(', ') || 'none'}`, () => {
      assert.deepEqual(paths(recorded, incoming, matchOn), expected)
    })
  }

  it('give both values, and undefined for an absent one', () => {
    const [changed, added] = differences(talk(user('a')), talk(user('b'), said('c')))
    assert.deepEqual(changed, { path: 'messages[0].content', recorded: 'a', incoming: 'b' })
    assert.deepEqual(added, {
      path: 'messages[1]',
      recorded: undefined,
      incoming: { role: 'assistant', content: 'c' },
    })
    const [removed] = differences(talk(user('a'), said('c')), talk(user('a')))
    assert.deepEqual(removed, {
      path: 'messages[1]',
      recorded: { role: 'assistant', content: 'c' },
      incoming: undefined,
    })
  })

  it('number an added message by the incoming request and a removed one by the recorded request', () => {
    const turns = ['a', 'b', 'c', 'd'].map(user)
    assert.deepEqual(paths(openai(history(...turns)), openai(history(...turns.slice(2)))), [
      'messages[1]',
      'messages[2]',
    ])
    assert.deepEqual(paths(openai(history(...turns.slice(0, 2))), openai(history(...turns))), [
      'messages[3]',
      'messages[4]',
    ])
  })
})
