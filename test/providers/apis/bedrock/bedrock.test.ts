import assert from 'node:assert/strict'
import { canonicalize } from '../../../../src/matching.ts'
import { anthropic, type Case, checkAll, converse, openai, post } from '../../support.ts'

const ask = { role: 'user', content: [{ text: 'hi' }] }
const flow = (...turns: unknown[]) => converse({ messages: [ask, ...turns] })
const said = (...content: unknown[]) => ({ role: 'assistant', content })
const user = (...content: unknown[]) => ({ role: 'user', content })
const use = (id: string, more: object = {}) => ({ toolUse: { toolUseId: id, name: 'f', input: {}, ...more } })
const result = (id: string, content: unknown = [{ text: 'ok' }], more: object = {}) => ({
  toolResult: { toolUseId: id, content, ...more },
})
const invoke = (body: object, path = 'm/invoke') => converse({ messages: undefined, ...body }, path)
const count = (input: object) => converse({ messages: undefined, input }, 'm/count-tokens')
const base64 = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64')
const spec = (more: object = {}) => ({
  toolSpec: { name: 'f', inputSchema: { json: { type: 'object' } }, ...more },
})
const tools = (list: unknown[], toolChoice?: object) =>
  converse({ toolConfig: { tools: list, ...(toolChoice ? { toolChoice } : {}) } })

describe('bedrock-converse', () => {
  checkAll([
    [
      'system and OpenAI',
      'semantic',
      converse({ system: [{ text: 's' }] }),
      openai({
        messages: [
          { role: 'system', content: 's' },
          { role: 'user', content: 'hi' },
        ],
      }),
    ],
    [
      'an object result stays an object',
      'different',
      flow(said(use('a')), user(result('a', [{ json: { a: 1 } }]))),
      flow(said(use('a')), user(result('a', [{ text: '{"a":1}' }]))),
    ],
    [
      'null in an object result is data',
      'different',
      flow(said(use('a')), user(result('a', [{ json: { a: null } }]))),
      flow(said(use('a')), user(result('a', [{ json: {} }]))),
    ],
    [
      'status error and is_error',
      'semantic',
      flow(said(use('a')), user(result('a', [{ text: 'x' }], { status: 'error' }))),
      anthropic({
        messages: [
          { role: 'user', content: 'hi' },
          { role: 'assistant', content: [{ type: 'tool_use', id: 'q', name: 'f', input: {} }] },
          {
            role: 'user',
            content: [{ type: 'tool_result', tool_use_id: 'q', content: 'x', is_error: true }],
          },
        ],
      }),
    ],
    [
      'cache points',
      'same',
      converse({ messages: [user({ text: 'hi' }, { cachePoint: { type: 'default' } })] }),
      converse({}),
    ],
    [
      'reasoning and OpenAI',
      'semantic',
      flow(said({ reasoningContent: { reasoningText: { text: 't', signature: 's' } } }, { text: 'y' })),
      openai({
        messages: [
          { role: 'user', content: 'hi' },
          { role: 'assistant', reasoning_content: 't', content: 'y' },
        ],
      }),
    ],
    [
      'redacted reasoning',
      'same',
      flow(said({ reasoningContent: { redactedContent: 'x' } }, { text: 'y' })),
      flow(said({ text: 'y' })),
    ],
    [
      'generated text with citations',
      'same',
      flow(said({ citationsContent: { content: [{ text: 'y' }], citations: [{ title: 't' }] } })),
      flow(said({ text: 'y' })),
    ],
    [
      'guarded content',
      'different',
      converse({ messages: [user({ guardContent: { text: { text: 'a' } } })] }),
      converse({ messages: [user({ guardContent: { text: { text: 'b' } } })] }),
    ],
    [
      'a document in S3',
      'different',
      converse({
        messages: [
          user({ document: { name: 'd', format: 'pdf', source: { s3Location: { uri: 's3://a' } } } }),
        ],
      }),
      converse({
        messages: [
          user({ document: { name: 'd', format: 'pdf', source: { s3Location: { uri: 's3://b' } } } }),
        ],
      }),
    ],
    [
      'a document as text',
      'different',
      converse({ messages: [user({ document: { name: 'd', source: { text: 'a' } } })] }),
      converse({ messages: [user({ document: { name: 'd', source: { text: 'b' } } })] }),
    ],
    [
      'citations of a document',
      'different',
      converse({
        messages: [user({ document: { name: 'd', source: { text: 'a' }, citations: { enabled: true } } })],
      }),
      converse({ messages: [user({ document: { name: 'd', source: { text: 'a' } } })] }),
    ],
    [
      'the format of a video',
      'different',
      converse({ messages: [user({ video: { format: 'mp4', source: { bytes: 'AAAA' } } })] }),
      converse({ messages: [user({ video: { format: 'mov', source: { bytes: 'AAAA' } } })] }),
    ],
    [
      'sound',
      'different',
      converse({ messages: [user({ audio: { format: 'wav', source: { bytes: 'AAAA' } } })] }),
      converse({ messages: [user({ audio: { format: 'wav', source: { bytes: 'BBBB' } } })] }),
    ],
    [
      'a tool and OpenAI',
      'semantic',
      tools([spec()]),
      openai({ tools: [{ type: 'function', function: { name: 'f' } }] }),
    ],
    [
      'a cache point among tools',
      'same',
      tools([spec(), { cachePoint: { type: 'default' } }]),
      tools([spec()]),
    ],
    [
      'a system tool',
      'different',
      tools([spec(), { systemTool: { name: 'nova_grounding' } }]),
      tools([spec()]),
    ],
    [
      'toolChoice any and tool',
      'different',
      tools([spec()], { any: {} }),
      tools([spec()], { tool: { name: 'f' } }),
    ],
    ['toolChoice auto', 'same', tools([spec()], { auto: {} }), tools([spec()])],
    [
      'toolChoice any and OpenAI',
      'semantic',
      tools([spec()], { any: {} }),
      openai({ tools: [{ type: 'function', function: { name: 'f' } }], tool_choice: 'required' }),
    ],
    [
      'tools among the fields of the model',
      'different',
      converse({ additionalModelRequestFields: { tools: [{ type: 'bash_20250124', name: 'bash' }] } }),
      converse({}),
    ],
    [
      'reasoning_config',
      'different',
      converse({ additionalModelRequestFields: { reasoning_config: { type: 'enabled', budget_tokens: 1 } } }),
      converse({ additionalModelRequestFields: { reasoning_config: { type: 'enabled', budget_tokens: 2 } } }),
    ],
    [
      'reasoning_effort and OpenAI',
      'semantic',
      converse({ additionalModelRequestFields: { reasoning_effort: 'low' } }),
      openai({ reasoning_effort: 'low' }),
    ],
    [
      'outputConfig.effort',
      'different',
      converse({ outputConfig: { effort: 'low' } }),
      converse({ outputConfig: { effort: 'high' } }),
    ],
    [
      'textFormat, its schema as JSON text',
      'semantic',
      converse({
        outputConfig: {
          textFormat: {
            type: 'json_schema',
            structure: { jsonSchema: { name: 'n', schema: '{ "type": "object" }' } },
          },
        },
      }),
      openai({
        response_format: { type: 'json_schema', json_schema: { name: 'n', schema: { type: 'object' } } },
      }),
    ],
    [
      'prompt variables',
      'different',
      converse({ promptVariables: { a: { text: '1' } } }),
      converse({ promptVariables: { a: { text: '2' } } }),
    ],
    [
      'caching, latency and billing',
      'same',
      converse({
        requestMetadata: { a: 'b' },
        performanceConfig: { latency: 'optimized' },
        serviceTier: { type: 'flex' },
      }),
      converse({}),
    ],
    [
      'limits are selectable',
      'different',
      converse({ inferenceConfig: { maxTokens: 1, stopSequences: ['a'] } }),
      converse({ inferenceConfig: { maxTokens: 2 } }),
      ['messages', 'maxTokens'],
    ],
    [
      'top_k among the fields of the model',
      'different',
      converse({ additionalModelRequestFields: { top_k: 1 } }),
      converse({ additionalModelRequestFields: { top_k: 2 } }),
      ['messages', 'top_k'],
    ],
    [
      'other fields of the model are selectable',
      'different',
      converse({ additionalModelRequestFields: { x: 1 } }),
      converse({ additionalModelRequestFields: { x: 2 } }),
      ['messages', 'additionalModelRequestFields'],
    ],
    [
      'a gateway in front',
      'semantic',
      converse({}),
      post('http://localhost:8787/bedrock/model/nova/converse', { messages: [ask] }),
    ],
  ] satisfies Case[])

  it('replaces the model in the path, even an ARN with a slash', () => {
    const { path, model } = canonicalize(converse({}, 'arn%3Aaws%3Abedrock%3Ax%2Fy/converse-stream'))
    assert.deepEqual([path, model], ['/model/{model}/converse-stream', 'arn:aws:bedrock:x/y'])
  })
})

describe('bedrock-invoke and count-tokens', () => {
  const claude = {
    anthropic_version: 'bedrock-2023-05-31',
    max_tokens: 9,
    messages: [{ role: 'user', content: 'hi' }],
  }
  const nova = { schemaVersion: 'messages-v1', messages: [ask], inferenceConfig: { maxTokens: 1 } }
  checkAll([
    ['a Claude body', 'semantic', invoke(claude), anthropic({})],
    [
      'betas in the body',
      'different',
      invoke({ ...claude, anthropic_beta: ['a'] }),
      invoke(claude),
      ['messages', 'betas'],
    ],
    ['a Nova body', 'semantic', invoke(nova), converse({})],
    [
      'a chat body without a version',
      'semantic',
      invoke({ messages: [{ role: 'user', content: 'hi' }] }),
      openai({}),
    ],
    ['a prompt', 'different', invoke({ prompt: 'a' }), invoke({ prompt: 'b' })],
    [
      'a prompt and its limit',
      'same',
      invoke({ prompt: 'a', max_gen_len: 1 }),
      invoke({ prompt: 'a', max_gen_len: 2 }),
    ],
    [
      'Cohere embeddings',
      'different',
      invoke({ texts: ['a'], input_type: 'search_query' }),
      invoke({ texts: ['a'], input_type: 'search_document' }),
    ],
    [
      'a body nobody knows',
      'different',
      invoke({ taskType: 'A', params: { x: 1 } }),
      invoke({ taskType: 'A', params: { x: 2 } }),
    ],
    [
      'a body nobody knows, another model',
      'semantic',
      invoke({ taskType: 'A' }),
      invoke({ taskType: 'A' }, 'n/invoke'),
    ],
    ['streaming', 'semantic', invoke(claude), invoke(claude, 'm/invoke-with-response-stream')],
    [
      'counted: converse',
      'same',
      count({ converse: { messages: [ask] } }),
      count({ converse: { messages: [user({ text: 'hi' }, { cachePoint: {} })] } }),
    ],
    [
      'counted: invokeModel',
      'same',
      count({ invokeModel: { body: base64(claude) } }),
      count({ invokeModel: { body: base64({ ...claude, max_tokens: 10 }) } }),
    ],
    [
      'counted: both ways',
      'same',
      count({ invokeModel: { body: base64(claude) } }),
      count({ converse: { messages: [ask] } }),
    ],
    ['counted or asked', 'different', count({ converse: { messages: [ask] } }), converse({})],
  ] satisfies Case[])

  it('chooses the operation by the shape of the body', () => {
    const operations = [
      claude,
      nova,
      { prompt: 'a' },
      { inputText: 'a' },
      { texts: ['a'] },
      { taskType: 'A' },
    ].map((body) => canonicalize(invoke(body)).op)
    assert.deepEqual(operations, ['chat', 'chat', 'completion', 'embeddings', 'embeddings', 'generic'])
  })
})
