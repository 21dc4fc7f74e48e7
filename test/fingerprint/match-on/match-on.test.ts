import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import {
  DEFAULT_MATCH_ON,
  fingerprint,
  RULES_VERSION,
  UnknownMatchFieldError,
} from '../../../src/matching.ts'
import type { MatchRequest } from '../../../src/matching.ts'
import {
  anthropic,
  type Case,
  checkAll,
  converse,
  gemini,
  ollama,
  openai,
  post,
  responses,
} from '../../providers/support.ts'

const tool = (name: string) => ({ tools: [{ type: 'function', function: { name } }] })

describe('matchOn: names', () => {
  const spellings: Readonly<
    Record<string, readonly [request: (value: unknown) => MatchRequest, values: readonly [unknown, unknown]]>
  > = {
    max_completion_tokens: [(value) => openai({ max_tokens: value }), [1, 2]],
    max_output_tokens: [(value) => responses({ input: 'x', max_output_tokens: value }), [1, 2]],
    maxOutputTokens: [(value) => gemini({ generationConfig: { maxOutputTokens: value } }), [1, 2]],
    maxTokens: [(value) => converse({ inferenceConfig: { maxTokens: value } }), [1, 2]],
    num_predict: [(value) => ollama({ options: { num_predict: value } }), [1, 2]],
    max_new_tokens: [(value) => openai({ max_tokens: value }), [1, 2]],
    topP: [(value) => converse({ inferenceConfig: { topP: value } }), [0, 1]],
    p: [(value) => openai({ top_p: value }), [0, 1]],
    topK: [(value) => gemini({ generationConfig: { topK: value } }), [1, 2]],
    k: [(value) => anthropic({ top_k: value }), [1, 2]],
    random_seed: [(value) => openai({ seed: value }), [1, 2]],
    stop_sequences: [(value) => anthropic({ stop_sequences: [value] }), ['a', 'b']],
    stopSequences: [(value) => openai({ stop: value }), ['a', 'b']],
    candidateCount: [(value) => openai({ n: value }), [1, 2]],
    instructions: [(value) => anthropic({ system: value }), ['a', 'b']],
    systemInstruction: [(value) => gemini({ systemInstruction: value }), ['a', 'b']],
    input: [(value) => openai({ messages: [{ role: 'user', content: value }] }), ['a', 'b']],
    contents: [(value) => openai({ messages: [{ role: 'user', content: value }] }), ['a', 'b']],
    toolConfig: [(value) => openai({ tool_choice: value }), ['none', 'required']],
    toolChoice: [(value) => openai({ tool_choice: value }), ['none', 'required']],
    responseSchema: [(value) => openai({ response_format: { type: value } }), ['json_object', 'x']],
    output_format: [(value) => openai({ response_format: { type: value } }), ['json_object', 'x']],
    thinkingConfig: [(value) => anthropic({ thinking: { type: value } }), ['enabled', 'disabled']],
    // Other fields of the APIs that are read into canonical ones.
    previous_response_id: [(value) => responses({ input: 'x', previous_response_id: value }), ['a', 'b']],
    documents: [(value) => openai({ documents: [value] }), ['a', 'b']],
    web_search_options: [
      (value) => openai({ web_search_options: { search_context_size: value } }),
      ['low', 'high'],
    ],
    function_call: [(value) => openai({ function_call: value }), ['none', { name: 'f' }]],
    enable_thinking: [(value) => openai({ enable_thinking: value }), [true, false]],
    think: [(value) => ollama({ think: value }), [true, false]],
    reasoning_format: [(value) => openai({ reasoning_format: value }), ['raw', 'parsed']],
    guardrailConfig: [(value) => converse({ guardrailConfig: { guardrailIdentifier: value } }), ['a', 'b']],
    safety_settings: [(value) => gemini({ safetySettings: [value] }), ['a', 'b']],
  }
  checkAll(
    Object.entries(spellings).flatMap(([name, [request, [a, b]]]): Case[] => [
      [`${name} selects`, 'different', request(a), request(b), [name]],
      [`${name} alone`, 'same', request(a), { ...request(a) }, [name]],
    ]),
  )
})

describe('matchOn: fields that an explicit list omits', () => {
  checkAll([
    ['the model', 'same', openai({}), openai({ model: 'x' }), ['messages']],
    ['a model in the path', 'same', converse({}), converse({}, 'other/converse'), ['messages']],
    ['tools', 'same', openai(tool('a')), openai(tool('b')), ['model', 'messages']],
    [
      'the system prompt',
      'same',
      anthropic({ system: 'a' }),
      anthropic({ system: 'b' }),
      ['model', 'messages'],
    ],
    ['messages', 'same', openai({}), openai({ messages: [] }), ['model']],
    ['never stream', 'semantic', openai({ stream: true }), openai({}), ['messages']],
    [
      'never the path',
      'semantic',
      openai({}),
      openai({}, 'https://api.openai.com/v2/chat/completions'),
      ['messages'],
    ],
    ['never the method', 'semantic', openai({}), { ...openai({}), method: 'PUT' }, ['messages']],
    [
      'never background',
      'semantic',
      responses({ input: 'x', background: true }),
      responses({ input: 'x' }),
      ['messages'],
    ],
    [
      'prompt state rides on messages',
      'different',
      responses({ input: 'x', conversation: 'a' }),
      responses({ input: 'x', conversation: 'b' }),
      ['messages'],
    ],
    [
      'serial calls ride on tool_choice',
      'different',
      openai({ parallel_tool_calls: false }),
      openai({}),
      ['tool_choice'],
    ],
    [
      'prompt state by itself',
      'different',
      responses({ input: 'x', conversation: 'a' }),
      responses({ input: 'y', conversation: 'b' }),
      ['context'],
    ],
  ] satisfies Case[])
})

describe('matchOn: unknown names', () => {
  const chat = openai({ temperature: 1, my_flag: true })
  const refused = (request: MatchRequest, ...matchOn: string[]): UnknownMatchFieldError => {
    try {
      fingerprint(request, { matchOn })
    } catch (error) {
      assert.ok(error instanceof UnknownMatchFieldError)
      return error
    }
    return assert.fail('it was taken')
  }

  it('cause an error that lists the names of the request', () => {
    const error = refused(chat, 'model', 'mesages', 'Tools', 'api')
    assert.equal(error.code, 'CASSETTE_UNKNOWN_MATCH_FIELD')
    assert.deepEqual(error.unknown, ['mesages', 'Tools', 'api'])
    for (const name of ['messages', 'model', 'my_flag', 'temperature'])
      assert.ok(error.available.includes(name), name)
    assert.match(error.message, /"mesages", "Tools".*This request has: .*my_flag/s)
  })

  it('differ from known fields that this request does not have', () => {
    for (const name of [
      'tools',
      'thinking',
      'seed',
      'user',
      'safetySettings',
      'provider',
      'host',
      'betas',
      'path',
      '*',
    ]) {
      assert.doesNotThrow(() => fingerprint(chat, { matchOn: ['messages', name] }), name)
    }
  })

  it('are the names of the fields of a JSON body of an unknown API', () => {
    const request = post('https://a.example/x', { q: 1 })
    assert.doesNotThrow(() => fingerprint(request, { matchOn: ['q'] }))
    assert.ok(refused(request, 'quey').available.includes('q'))
    assert.deepEqual(refused(request, 'toString').unknown, ['toString'])
  })

  it('are not checked for requests without fields', () => {
    assert.doesNotThrow(() =>
      fingerprint({ method: 'GET', url: 'https://a.example/x' }, { matchOn: ['my_flag'] }),
    )
  })
})

describe('fingerprint', () => {
  it('gives two SHA-256 in lower-case hex, the API label and the operation', () => {
    const { matchKey, semanticKey, api, op, on } = fingerprint(openai({}))
    assert.match(matchKey, /^[0-9a-f]{64}$/)
    assert.match(semanticKey, /^[0-9a-f]{64}$/)
    assert.deepEqual([api, op, on], ['openai-chat', 'chat', DEFAULT_MATCH_ON])
  })

  it('lists the names that the key was made from', () => {
    assert.deepEqual(
      fingerprint(openai({}), { matchOn: ['input', 'max_completion_tokens', 'messages'] }).on,
      ['messages', 'max_tokens'],
    )
    assert.deepEqual(fingerprint(post('https://a.example/x', { q: 1 })).on, ['*'])
    assert.deepEqual(fingerprint(post('https://a.example/x', { q: 1 }), { matchOn: ['q'] }).on, ['q'])
  })

  it('gives the same key for the names it returned, for every operation', () => {
    const requests = [
      openai({}),
      gemini({}),
      converse({}),
      post('https://a.example/x?y=1', { q: 1, r: 2 }),
      post('https://a.example/v1/embeddings', { input: 'x', dimensions: 2 }),
    ]
    const lists = [
      undefined,
      ['*'],
      ['messages'],
      ['model', 'messages', 'host'],
      ['input'],
      ['dimensions', 'model'],
    ]
    for (const request of requests) {
      for (const matchOn of lists) {
        const first = fingerprint(request, matchOn === undefined ? {} : { matchOn })
        assert.deepEqual(fingerprint(request, { matchOn: first.on }), first)
      }
    }
  })

  it('is the SHA-256 of this JSON, on which the keys in cassettes depend', () => {
    assert.equal(RULES_VERSION, 2)
    const samples: readonly (readonly [MatchRequest, match: string, semantic: string])[] = [
      [
        openai({}),
        '{"f":{"messages":[{"content":"hi","role":"user"}],"model":"gpt"},"m":"POST","op":"chat","p":"/v1/chat/completions","stream":false,"v":2}',
        '{"f":{"messages":[{"content":"hi","role":"user"}]},"op":"chat","v":2}',
      ],
      [
        gemini({ systemInstruction: 's' }, 'm:streamGenerateContent?alt=sse'),
        '{"alt":"sse","f":{"messages":[{"content":"hi","role":"user"}],"model":"m","system":"s"},"m":"POST","op":"chat","p":"/v1beta/models/{model}:streamGenerateContent","stream":true,"v":2}',
        '{"f":{"messages":[{"content":"hi","role":"user"}],"system":"s"},"op":"chat","v":2}',
      ],
      [
        responses({ input: 'x', background: true }),
        '{"background":true,"f":{"messages":[{"content":"x","role":"user"}],"model":"gpt"},"m":"POST","op":"chat","p":"/v1/responses","stream":false,"v":2}',
        '{"f":{"messages":[{"content":"x","role":"user"}]},"op":"chat","v":2}',
      ],
      [
        openai({ n: 2, logprobs: true, stream_options: { include_usage: true } }),
        '{"f":{"messages":[{"content":"hi","role":"user"}],"model":"gpt"},"m":"POST","op":"chat","p":"/v1/chat/completions","stream":false,"v":2,"w":{"logprobs":true,"n":2,"stream_options.include_usage":true}}',
        '{"f":{"messages":[{"content":"hi","role":"user"}]},"op":"chat","v":2}',
      ],
      [
        {
          method: 'POST',
          url: 'https://a.example/',
          headers: { 'X-Amz-Target': 'T.Get', 'content-type': 'application/x-www-form-urlencoded' },
          body: 'b=2+3&a=1&b=4',
        },
        '{"f":{"body":{"a":"1","b":["2 3","4"]},"headers":{"x-amz-target":"T.Get"}},"h":"a.example","m":"POST","op":"form","p":"/","stream":false,"v":2}',
        '{"f":{"body":{"a":"1","b":["2 3","4"]},"headers":{"x-amz-target":"T.Get"}},"h":"a.example","m":"POST","op":"form","p":"/","v":2}',
      ],
      [
        { method: 'get', url: 'http://127.0.0.1:3000/health?b=2&a=1' },
        '{"f":{"query":{"a":"1","b":"2"}},"h":"loopback","m":"GET","op":"none","p":"/health","stream":false,"v":2}',
        '{"f":{"query":{"a":"1","b":"2"}},"h":"loopback","m":"GET","op":"none","p":"/health","v":2}',
      ],
    ]
    const hash = (text: string): string => createHash('sha256').update(text).digest('hex')
    for (const [request, match, semantic] of samples) {
      const { matchKey, semanticKey } = fingerprint(request)
      assert.deepEqual([matchKey, semanticKey], [hash(match), hash(semantic)])
    }
  })
})
