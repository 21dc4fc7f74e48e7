import assert from 'node:assert/strict'
import { canonicalize } from '../../../../src/matching.ts'
import type { JsonValue } from '../../../../src/matching.ts'
import { type Body, type Case, checkAll, gemini, openai, paths, post } from '../../support.ts'

const ask = { role: 'user', parts: [{ text: 'hi' }] }
const user = (...parts: JsonValue[]) => ({ role: 'user', parts })
const declare = (fields: object) => gemini({ tools: [{ functionDeclarations: [{ name: 'f', ...fields }] }] })
const ASK = { contents: [ask] }
const vertex = (path: string, body: object = ASK, host = 'aiplatform.googleapis.com') =>
  post(`https://${host}/${path}`, body as Body)

describe('gemini: tools and configuration', () => {
  const config = (functionCallingConfig: object) =>
    gemini({
      toolConfig: { functionCallingConfig },
      tools: [{ functionDeclarations: [{ name: 'f' }, { name: 'g' }] }],
    })
  const generation = (generationConfig: object) => gemini({ generationConfig })
  checkAll([
    [
      'OpenAPI keywords in both spellings',
      'same',
      declare({
        parameters: { type: 'OBJECT', properties: { a: { any_of: [{ type: 'STRING' }], min_length: 1 } } },
      }),
      declare({
        parametersJsonSchema: {
          type: 'object',
          properties: { a: { anyOf: [{ type: 'string' }], minLength: 1 } },
        },
      }),
    ],
    [
      'JSON Schema keywords are taken as they stand',
      'different',
      declare({ parametersJsonSchema: { type: 'object', any_of: [] } }),
      declare({ parametersJsonSchema: { type: 'object', anyOf: [] } }),
    ],
    [
      'a property called any_of',
      'different',
      declare({ parameters: { type: 'OBJECT', properties: { any_of: { type: 'STRING' } } } }),
      declare({ parameters: { type: 'OBJECT', properties: { anyOf: { type: 'STRING' } } } }),
    ],
    [
      'built-in tools in both spellings',
      'same',
      gemini({ tools: [{ google_search: {} }, { codeExecution: {} }] }),
      gemini({ tools: [{ code_execution: {}, googleSearch: {} }] }),
    ],
    [
      'configuration of a built-in tool',
      'different',
      gemini({ tools: [{ googleSearch: { excludeDomains: ['a'] } }] }),
      gemini({ tools: [{ googleSearch: {} }] }),
    ],
    [
      'headers of an MCP server',
      'same',
      gemini({
        tools: [{ mcpServers: [{ name: 's', streamableHttpTransport: { url: 'u', headers: { a: '1' } } }] }],
      }),
      gemini({ tools: [{ mcpServers: [{ name: 's', streamableHttpTransport: { url: 'u' } }] }] }),
    ],
    ['mode NONE', 'different', config({ mode: 'NONE' }), config({ mode: 'AUTO' })],
    ['no mode and AUTO', 'same', config({}), config({ mode: 'auto' })],
    [
      'ANY of several',
      'different',
      config({ mode: 'ANY', allowedFunctionNames: ['f', 'g'] }),
      config({ mode: 'ANY' }),
    ],
    [
      'VALIDATED of one is not ANY of one',
      'different',
      config({ mode: 'VALIDATED', allowed_function_names: ['f'] }),
      config({ mode: 'ANY', allowedFunctionNames: ['f'] }),
    ],
    [
      'JSON without a schema',
      'semantic',
      generation({ responseMimeType: 'application/json' }),
      openai({ response_format: { type: 'json_object' } }),
    ],
    ['plain text', 'same', generation({ responseMimeType: 'text/plain' }), gemini({})],
    [
      'an enum',
      'different',
      generation({ responseMimeType: 'text/x.enum', responseSchema: { type: 'STRING', enum: ['a'] } }),
      generation({ responseMimeType: 'text/x.enum', responseSchema: { type: 'STRING', enum: ['b'] } }),
    ],
    [
      'thinking',
      'different',
      generation({ thinkingConfig: { thinkingBudget: 1 } }),
      generation({ thinkingConfig: { thinkingBudget: 2 } }),
    ],
    [
      'thinking in both spellings',
      'same',
      generation({ thinking_config: { thinking_budget: 1, include_thoughts: true, thinking_level: 'HIGH' } }),
      generation({ thinkingConfig: { thinkingBudget: 1, includeThoughts: true, thinkingLevel: 'high' } }),
    ],
    ['an empty thinkingConfig', 'same', generation({ thinkingConfig: {} }), gemini({})],
    [
      'sampling is outside of the default list',
      'same',
      generation({
        temperature: 1,
        topP: 1,
        topK: 4,
        seed: 1,
        candidateCount: 1,
        stopSequences: ['a'],
        maxOutputTokens: 4,
        responseModalities: ['TEXT'],
        speechConfig: {},
      }),
      gemini({}),
    ],
    ...(
      [
        [{ candidateCount: 2 }, {}],
        [{ responseLogprobs: true }, {}],
        [
          { responseLogprobs: true, logprobs: 2 },
          { responseLogprobs: true, logprobs: 3 },
        ],
        [{ responseModalities: ['TEXT', 'IMAGE'] }, { responseModalities: ['TEXT'] }],
        [
          { responseModalities: ['AUDIO'], speechConfig: { voice: 'a' } },
          { responseModalities: ['AUDIO'], speechConfig: { voice: 'b' } },
        ],
      ] as const
    ).map(([a, b]): Case => [
      `the form of the answer counts: ${JSON.stringify([a, b])}`,
      'semantic',
      generation(a),
      generation(b),
    ]),
    ['topK selected', 'different', generation({ topK: 1 }), generation({ topK: 2 }), ['messages', 'topK']],
    [
      'candidateCount is n',
      'different',
      generation({ candidateCount: 1 }),
      generation({ candidateCount: 2 }),
      ['messages', 'n'],
    ],
    [
      'responseModalities are modalities',
      'different',
      generation({ responseModalities: ['TEXT'] }),
      generation({ responseModalities: ['IMAGE'] }),
      ['messages', 'modalities'],
    ],
  ] satisfies Case[])
})

describe('gemini: paths and operations', () => {
  const stream = 'gemini-pro:streamGenerateContent'
  checkAll([
    [
      'another host and query',
      'same',
      gemini({}),
      post('https://gateway.example//v1beta/models/gemini-pro:generateContent/?key=1&$prettyPrint=1', {
        contents: [ask],
      }),
    ],
    [
      'a prefix of a gateway',
      'semantic',
      gemini({}),
      post('https://gateway.example/google/v1beta/models/gemini-pro:generateContent', {
        contents: [ask],
      }),
    ],
    [
      'a tuned model',
      'semantic',
      gemini({}),
      post('https://generativelanguage.googleapis.com/v1beta/tunedModels/gemini-pro:generateContent', {
        contents: [ask],
      }),
    ],
    ['an escaped verb', 'same', gemini({}), gemini({}, 'gemini-pro%3AgenerateContent')],
    ['alt=json of a stream', 'same', gemini({}, `${stream}?alt=json`), gemini({}, stream)],
    [
      'alt of an answer that is no stream',
      'same',
      gemini({}, 'gemini-pro:generateContent?alt=sse'),
      gemini({}),
    ],
    ['streaming', 'semantic', gemini({}, `${stream}?alt=sse`), gemini({})],
    [
      'countTokens of a wrapped request',
      'same',
      gemini(
        { contents: undefined, generateContentRequest: { model: 'models/gemini-pro', contents: [ask] } },
        'gemini-pro:countTokens',
      ),
      gemini({}, 'gemini-pro:countTokens'),
    ],
    [
      'Vertex: an endpoint',
      'same',
      vertex('v1/projects/a/locations/b/endpoints/1:generateContent'),
      vertex('v1/projects/c/locations/d/endpoints/1:generateContent'),
    ],
    [
      'Vertex: another endpoint',
      'semantic',
      vertex('v1/projects/a/locations/b/endpoints/1:generateContent'),
      vertex('v1/projects/a/locations/b/endpoints/2:generateContent'),
    ],
    [
      'Vertex: another publisher',
      'semantic',
      vertex('v1/projects/a/locations/b/publishers/google/models/m:generateContent'),
      vertex('v1/projects/a/locations/b/publishers/acme/models/m:generateContent'),
    ],
    [
      'Vertex: its OpenAI endpoint in another project',
      'same',
      openai(
        {},
        'https://aiplatform.googleapis.com/v1/projects/a/locations/b/endpoints/openapi/chat/completions',
      ),
      openai(
        {},
        'https://aiplatform.googleapis.com/v1/projects/c/locations/d/endpoints/openapi/chat/completions',
      ),
    ],
    [
      'contents on a path nobody knows',
      'same',
      post('https://a.example/ask', { model: 'm', contents: [ask] }),
      post('https://b.example/ask', {
        model: 'm',
        contents: [user({ text: 'hi', thoughtSignature: 'x' })],
      }),
    ],
  ] satisfies Case[])

  it('removes project, location and model from the path', () => {
    const { path, model: name } = canonicalize(
      vertex('v1beta1/projects/p/locations/l/publishers/google/models/m:generateContent'),
    )
    assert.deepEqual(
      [path, name],
      ['/v1beta1/projects/-/locations/-/publishers/google/models/{model}:generateContent', 'm'],
    )
  })

  it('reports a difference of the model, not of the path', () => {
    assert.deepEqual(paths(gemini({}), gemini({}, 'other:generateContent')), ['model'])
  })
})
