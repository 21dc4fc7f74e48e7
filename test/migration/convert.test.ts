import assert from 'node:assert/strict'

import { canonicalize } from '../../src/fingerprint/canonicalize.ts'
import { readAsking, sameForModel, type TargetApi, writeAsking } from '../../src/migration/convert.ts'
import type { WrittenRequest } from '../../src/migration/asking.ts'
import type { JsonObject, JsonValue } from '../../src/providers/json/json.ts'
import { CONVERSATIONS, type Spoken } from '../helpers/conversations.ts'

const APIS: Readonly<Record<keyof Spoken, TargetApi>> = {
  chat: 'openai-chat',
  responses: 'openai-responses',
  anthropic: 'anthropic-messages',
  gemini: 'gemini',
}
const NAMES = Object.keys(APIS) as (keyof Spoken)[]

const convert = (from: TargetApi, body: JsonValue, to: TargetApi, model = 'm'): WrittenRequest =>
  writeAsking(
    readAsking(from, body, () => undefined),
    to,
    model,
  )

/** What the request says in the end, as the matching rules read it. */
function heard(path: string, body: JsonValue): Record<string, unknown> {
  const url = `https://example.com/v1${path}`
  const { messages, system, tools, tool_choice, response_format, temperature, max_tokens } = canonicalize({
    method: 'POST',
    url,
    body,
  })
  return { messages, system, tools, tool_choice, response_format, temperature, max_tokens }
}

const PATHS: Readonly<Record<keyof Spoken, string>> = {
  chat: '/chat/completions',
  responses: '/responses',
  anthropic: '/messages',
  gemini: '/models/m:generateContent',
}

/** Details that only some of the APIs have: a schema's name, the limit that Anthropic needs. */
function comparable(value: Record<string, unknown>): unknown {
  const format = value['response_format'] as { name?: string } | undefined
  const { name: _name, ...rest } = format ?? {}
  const without = { ...value, max_tokens: undefined, response_format: format && rest }
  return JSON.parse(JSON.stringify(without).replaceAll(/"media_type":"image\/png",(?="url")/g, ''))
}

describe('a recorded request for another API', () => {
  for (const [title, spoken] of Object.entries(CONVERSATIONS))
    for (const from of NAMES)
      for (const to of NAMES.filter((name) => name !== from))
        it(`passes ${title} from ${from} to ${to}`, () => {
          const { path, body } = convert(APIS[from], spoken[from], APIS[to])
          assert.equal(path, PATHS[to])
          assert.deepEqual(comparable(heard(path, body)), comparable(heard(PATHS[to], spoken[to])))
        })

  const whole = CONVERSATIONS['two calls at once and their results']?.chat as JsonObject
  const text = CONVERSATIONS['text, with a system prompt and earlier turns']?.anthropic as JsonObject

  for (const [to, id] of [
    ['mistral', 'call00001'],
    ['cohere-chat', 'call_1'],
    ['openai-chat', 'call_1'],
  ] as const)
    it(`keeps calls and results together for ${to}`, () => {
      const { body } = convert('openai-chat', whole, to)
      const messages = (
        body as { messages: { tool_calls?: { id: string }[]; tool_call_id?: string; content: string }[] }
      ).messages
      assert.equal(messages[1]?.tool_calls?.[0]?.id, id)
      const answer = messages.find((message) => message.tool_call_id === id)
      assert.equal(answer?.content, '{"degrees":3}')
    })

  it('writes what Ollama takes: names for results, options, images in base64', () => {
    const { body } = convert('openai-chat', whole, 'ollama-chat')
    const { messages, stream } = body as { messages: JsonObject[]; stream: boolean }
    assert.equal(stream, false)
    assert.deepEqual(messages.slice(-2), [
      { role: 'tool', tool_name: 'get_weather', content: '{"degrees":3}' },
      { role: 'tool', tool_name: 'get_weather', content: '{"degrees":20}' },
    ])
    const calls = messages[1]?.['tool_calls'] as JsonObject[] | undefined
    assert.deepEqual(calls?.[0], {
      function: { name: 'get_weather', arguments: { city: 'Oslo' } },
    })
    const limited = convert('anthropic-messages', text, 'ollama-chat').body as JsonObject
    assert.deepEqual(limited['options'], { num_predict: 100, temperature: 0.5 })
  })

  it('reads what Cohere, Mistral and Ollama were asked', () => {
    for (const target of ['cohere-chat', 'mistral', 'ollama-chat'] as const) {
      const there = convert('openai-chat', whole, target).body
      const source = target === 'mistral' ? 'openai-chat' : target
      const back = convert(source, there, 'anthropic-messages')
      const expected = convert('openai-chat', whole, 'anthropic-messages')
      assert.deepEqual(back.body, expected.body)
    }
  })

  it('tells the settings that the target does not have', () => {
    const body = { ...text, temperature: 1, top_k: 5, thinking: { type: 'enabled', budget_tokens: 2000 } }
    assert.deepEqual(convert('anthropic-messages', body, 'openai-chat', 'gpt-5').left, [
      'thinking',
      'temperature',
      'top_k',
    ])
    const hot = { model: 'm', messages: [{ role: 'user', content: 'Hi' }], temperature: 1.5, stop: ['x'] }
    const { body: cool, left } = convert('openai-chat', hot, 'anthropic-messages')
    assert.deepEqual([(cool as JsonObject)['temperature'], left], [1, ['temperature above 1']])
    assert.deepEqual(convert('openai-chat', hot, 'openai-responses').left, ['stop'])
  })

  const offered = CONVERSATIONS['tools, and the choice of one']?.chat as JsonObject | undefined
  const ask = (extra: JsonObject): JsonObject => ({
    model: 'm',
    messages: [{ role: 'user', content: 'Hi' }],
    ...extra,
  })
  const UNSAYABLE: readonly [
    title: string,
    from: TargetApi,
    body: JsonObject,
    to: TargetApi,
    reason: RegExp,
  ][] = [
    [
      'JSON of any shape',
      'openai-chat',
      ask({ response_format: { type: 'json_object' } }),
      'anthropic-messages',
      /needs a schema/,
    ],
    ['several answers', 'openai-chat', ask({ n: 3 }), 'anthropic-messages', /asks for 3 answers/],
    [
      'a tool of the provider',
      'openai-responses',
      { input: 'Hi', tools: [{ type: 'web_search' }] },
      'gemini',
      /tool web_search of the provider/,
    ],
    [
      'a file that the provider keeps',
      'openai-responses',
      { input: [{ role: 'user', content: [{ type: 'input_image', file_id: 'f' }] }] },
      'gemini',
      /only the provider has/,
    ],
    [
      'a context that the provider keeps',
      'openai-responses',
      { input: 'Hi', conversation: 'conv_1' },
      'openai-chat',
      /kept by the provider/,
    ],
    [
      'an earlier answer that is not recorded',
      'openai-responses',
      { input: 'Hi', previous_response_id: 'resp_1' },
      'openai-chat',
      /not in the cassette/,
    ],
    [
      'the beginning of an answer',
      'anthropic-messages',
      ask({
        messages: [
          { role: 'user', content: 'Hi' },
          { role: 'assistant', content: '{' },
        ],
      }),
      'openai-chat',
      /beginning of the answer/,
    ],
    [
      'sound',
      'openai-chat',
      ask({
        messages: [
          { role: 'user', content: [{ type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } }] },
        ],
      }),
      'anthropic-messages',
      /sound/,
    ],
    [
      'a tool that must be called',
      'openai-chat',
      {
        ...ask({ tool_choice: 'required' }),
        tools: offered?.['tools'],
      },
      'ollama-chat',
      /the model chooses/,
    ],
    ['an unknown API', 'bedrock-converse' as TargetApi, {}, 'gemini', /bedrock-converse cannot be converted/],
  ]
  for (const [title, from, body, to, reason] of UNSAYABLE)
    it(`refuses ${title} with a reason`, () => {
      assert.throws(() => convert(from, body, to), { name: 'UnsayableError', message: reason })
    })

  it('goes on from an earlier answer that is recorded', () => {
    const earlier = (): JsonValue[] => [
      { role: 'user', content: 'The weather?' },
      { type: 'reasoning', id: 'rs_1', summary: [] },
      { type: 'function_call', id: 'fc_1', call_id: 'c', name: 'get_weather', arguments: '{}' },
    ]
    const body = {
      previous_response_id: 'resp_1',
      input: [{ type: 'function_call_output', call_id: 'c', output: 'Sunny' }],
    }
    const { body: chat } = writeAsking(readAsking('openai-responses', body, earlier), 'openai-chat', 'm')
    assert.deepEqual((chat as JsonObject)['messages'], [
      { role: 'user', content: 'The weather?' },
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'get_weather', arguments: '{}' } }],
      },
      { role: 'tool', tool_call_id: 'call_1', content: 'Sunny' },
    ])
    const same = sameForModel(body, 'openai-responses', 'gpt-6', earlier).body as JsonObject
    assert.equal(same['previous_response_id'], undefined)
    assert.deepEqual(
      (same['input'] as JsonObject[]).map(({ type }) => type),
      [undefined, 'function_call', 'function_call_output'],
    )
  })

  it('keeps the whole request for another model of the same API, but for the stream', () => {
    const body = ask({
      stream: true,
      stream_options: { include_usage: true },
      logit_bias: { 5: 1 },
      max_tokens: 9,
      temperature: 1,
    })
    assert.deepEqual(sameForModel(body, 'openai-chat', 'gpt-4o', () => undefined).body, {
      ...ask({ logit_bias: { 5: 1 }, max_tokens: 9, temperature: 1 }),
      model: 'gpt-4o',
    })
    const newer = sameForModel(body, 'openai-chat', 'gpt-5', () => undefined)
    assert.deepEqual(newer.body, {
      ...ask({ logit_bias: { 5: 1 }, max_completion_tokens: 9 }),
      model: 'gpt-5',
    })
    assert.deepEqual(newer.left, ['temperature'])
  })
})
