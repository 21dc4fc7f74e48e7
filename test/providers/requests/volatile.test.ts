import {
  anthropic,
  type Case,
  checkAll,
  cohere,
  converse,
  gemini,
  history,
  ollama,
  openai,
  post,
  responses,
} from '../support.ts'

const OPENAI =
  'user safety_identifier prompt_cache_key prompt_cache_retention prompt_cache_options metadata store service_tier session_id usage'
const ANTHROPIC =
  'metadata cache_control service_tier inference_geo speed diagnostics user_profile_id workspace_id billing_policy'
const MESSAGE = 'id created_at timestamp status index annotations logprobs citations finish_reason usage'
const PART = 'cache_control prompt_cache_breakpoint'
const HEADERS =
  'authorization x-api-key x-goog-api-key x-stainless-lang x-fern-sdk-name user-agent idempotency-key x-request-id traceparent ' +
  'baggage sentry-trace amz-sdk-request x-amz-date cookie openai-organization openai-project anthropic-version'

const words = (list: string): string[] => list.split(' ')
const text = (more: object = {}) =>
  openai({ messages: [{ role: 'user', content: [{ type: 'text', text: 'hi', ...more }] }] })
const named = ['model', 'messages']

describe('volatile fields', () => {
  checkAll([
    ...words(HEADERS).map((name): Case => [
      `header ${name}`,
      'same',
      post('https://api.openai.com/v1/chat/completions', { model: 'gpt', messages: [] }, { [name]: 'a' }),
      post('https://api.openai.com/v1/chat/completions', { model: 'gpt', messages: [] }, { [name]: 'b' }),
    ]),
    ...words('key api_key token api-version beta x').map((name): Case => [
      `query ${name} of an LLM operation`,
      'same',
      openai({}),
      openai({}, `https://api.openai.com/v1/chat/completions?${name}=1`),
    ]),
    ...words(OPENAI).map((name): Case => [
      `OpenAI ${name}`,
      'same',
      openai({ [name]: 'a' }),
      openai({ [name]: 'b' }),
    ]),
    ...words(OPENAI).map((name): Case => [
      `OpenAI ${name}, named`,
      'different',
      openai({ [name]: 'a' }),
      openai({ [name]: 'b' }),
      [...named, name],
    ]),
    ...words(OPENAI).map((name): Case => [
      `Responses ${name}`,
      'same',
      responses({ input: 'x', [name]: 'a' }),
      responses({ input: 'x', [name]: 'b' }),
    ]),
    ...words(OPENAI).map((name): Case => [
      `Responses ${name}, named`,
      'different',
      responses({ input: 'x', [name]: 'a' }),
      responses({ input: 'x', [name]: 'b' }),
      [...named, name],
    ]),
    ...words(OPENAI).map((name): Case => [
      `embeddings ${name}`,
      'same',
      post('https://x.example/v1/embeddings', { input: 'x', [name]: 'a' }),
      post('https://x.example/v1/embeddings', { input: 'x', [name]: 'b' }),
    ]),
    ...words(ANTHROPIC).map((name): Case => [
      `Anthropic ${name}`,
      'same',
      anthropic({ [name]: 'a' }),
      anthropic({ [name]: 'b' }),
    ]),
    ...words(ANTHROPIC).map((name): Case => [
      `Anthropic ${name}, named`,
      'different',
      anthropic({ [name]: 'a' }),
      anthropic({ [name]: 'b' }),
      [...named, name],
    ]),
    ...words(MESSAGE).map((name): Case => [
      `${name} of a message`,
      'same',
      openai(history({ role: 'assistant', content: 'x', [name]: 'a' })),
      openai(history({ role: 'assistant', content: 'x' })),
    ]),
    ...words(MESSAGE).map((name): Case => [
      `${name} of a result`,
      'same',
      openai(history({ role: 'tool', tool_call_id: 'q', content: 'x', [name]: 'a' })),
      openai(history({ role: 'tool', tool_call_id: 'q', content: 'x' })),
    ]),
    ...words(PART).map((name): Case => [
      `${name} of a part`,
      'same',
      text({ [name]: { type: 'a' } }),
      text(),
    ]),
    ...words(`${PART} eager_input_streaming`).map((name): Case => [
      `${name} of a tool`,
      'same',
      openai({ tools: [{ type: 'function', function: { name: 'f' }, [name]: true }] }),
      openai({ tools: [{ type: 'function', function: { name: 'f' } }] }),
    ]),
    ...words('authorization headers authorization_token').map((name): Case => [
      `${name} of an MCP tool`,
      'same',
      responses({ input: 'x', tools: [{ type: 'mcp', server_label: 's', [name]: 'a' }] }),
      responses({ input: 'x', tools: [{ type: 'mcp', server_label: 's' }] }),
    ]),
    ...words('requestMetadata performanceConfig serviceTier').map((name): Case => [
      `Bedrock ${name}`,
      'same',
      converse({ [name]: { a: 1 } }),
      converse({}),
    ]),
    ...words('requestMetadata performanceConfig serviceTier').map((name): Case => [
      `Bedrock ${name}, named`,
      'different',
      converse({ [name]: { a: 1 } }),
      converse({ [name]: { a: 2 } }),
      [...named, name],
    ]),
    [
      'Gemini labels, named',
      'different',
      gemini({ labels: { a: '1' } }),
      gemini({ labels: { a: '2' } }),
      [...named, 'labels'],
    ],
    ['Cohere priority', 'same', cohere({ priority: 1 }), cohere({ priority: 2 })],
    [
      'Ollama keep_alive, named',
      'different',
      ollama({ keep_alive: 1 }),
      ollama({ keep_alive: 2 }),
      [...named, 'keep_alive'],
    ],
    ['id of a text part', 'same', text({ id: 'a' }), text({ id: 'b' })],
    [
      'the name of a participant is none of them',
      'different',
      openai(history({ role: 'user', content: 'x', name: 'a' })),
      openai(history({ role: 'user', content: 'x' })),
    ],
  ])
})

describe('fields of a message, in every API', () => {
  const withFields = {
    chat: (fields: object) => openai(history({ role: 'assistant', content: 'x', ...fields })),
    anthropic: (fields: object) =>
      anthropic(history({ role: 'assistant', content: [{ type: 'text', text: 'x' }], ...fields })),
    responses: (fields: object) => responses({ input: [{ role: 'assistant', content: 'x', ...fields }] }),
    converse: (fields: object) =>
      converse({ messages: [{ role: 'user', content: [{ text: 'x' }], ...fields }] }),
    gemini: (fields: object) => gemini({ contents: [{ role: 'user', parts: [{ text: 'x' }], ...fields }] }),
  }
  for (const [api, request] of Object.entries(withFields)) {
    checkAll([
      ...words(`${MESSAGE} ${PART}`).map((name): Case => [
        `${api}: ${name}`,
        'same',
        request({ [name]: 'a' }),
        request({}),
      ]),
      [`${api}: an unknown field`, 'different', request({ extra: { a: 1 } }), request({ extra: { a: 2 } })],
      [`${api}: no unknown field`, 'different', request({ extra: 1 }), request({})],
      [`${api}: an unknown field of null`, 'same', request({ extra: null }), request({})],
      [`${api}: __proto__`, 'different', request(JSON.parse('{"__proto__": 1}') as object), request({})],
    ] satisfies Case[])
  }
  checkAll([
    [
      'gemini: either spelling of an unknown field',
      'same',
      withFields.gemini({ my_field: 1 }),
      withFields.gemini({ myField: 1 }),
    ],
    [
      'gemini: either spelling of a volatile field',
      'same',
      withFields.gemini({ finishReason: 'STOP', createdAt: 1 }),
      withFields.gemini({}),
    ],
    [
      "a field of another API's messages does not take a call's place",
      'different',
      converse({
        messages: [
          {
            role: 'assistant',
            content: [{ toolUse: { toolUseId: 'a', name: 'f', input: {} } }],
            tool_calls: [1],
          },
        ],
      }),
      converse({
        messages: [
          {
            role: 'assistant',
            content: [{ toolUse: { toolUseId: 'a', name: 'g', input: {} } }],
            tool_calls: [1],
          },
        ],
      }),
    ],
  ] satisfies Case[])
})
