import assert from 'node:assert/strict'
import { canonicalize, registerProvider } from '../../src/matching.ts'
import type { JsonValue, MatchRequest, Operation, Provider } from '../../src/matching.ts'
import { providerConformance, type Specimen } from './conformance.ts'

const post = (url: string, body: object): MatchRequest & { body: JsonValue } => ({
  method: 'POST',
  url,
  headers: { 'content-type': 'application/json' },
  body: body as JsonValue,
})

interface Sample {
  readonly api: string
  readonly op: Operation
  readonly url: string
  readonly body: object
  readonly alike?: readonly object[]
  readonly other: object
  readonly path: string
  readonly otherModel?: object
  readonly hosted?: boolean
}

const specimen = ({
  api,
  op,
  url,
  body,
  alike = [],
  other,
  path,
  otherModel,
  hosted = false,
}: Sample): Specimen => ({
  api,
  op,
  request: post(url, body),
  alike: alike.map((fields) => post(url, { ...body, ...fields })),
  other: post(url, { ...body, ...other }),
  path,
  ...(otherModel === undefined ? {} : { otherModel: post(url, { ...body, ...otherModel }) }),
  hosted,
})

const user = (content: unknown) => ({ messages: [{ role: 'user', content }] })
const typed = (text: string) => user([{ type: 'text', text }])
const contents = (text: string, more: object = {}) => ({
  contents: [{ role: 'user', parts: [{ text, ...more }] }],
})
const blocks = (...content: object[]) => user(content)
const CHAT = { model: 'm', ...user('a') }
const chat = { body: CHAT, other: user('b'), path: 'messages[0].content', otherModel: { model: 'n' } }

const SAMPLES: readonly Sample[] = [
  {
    ...chat,
    api: 'openai-chat',
    op: 'chat',
    url: 'https://api.openai.com/v1/chat/completions',
    alike: [typed('a'), { user: 'u', tools: [] }],
  },
  {
    ...chat,
    api: 'anthropic-messages',
    op: 'chat',
    url: 'https://api.anthropic.com/v1/messages',
    alike: [typed('a'), { metadata: {} }],
  },
  {
    ...chat,
    api: 'anthropic-messages',
    op: 'count_tokens',
    url: 'https://api.anthropic.com/v1/messages/count_tokens',
    alike: [typed('a')],
  },
  {
    ...chat,
    api: 'cohere-chat',
    op: 'chat',
    url: 'https://api.cohere.com/v2/chat',
    alike: [typed('a'), { priority: 1 }],
  },
  {
    ...chat,
    api: 'ollama-chat',
    op: 'chat',
    url: 'http://localhost:11434/api/chat',
    alike: [{ keep_alive: 1, stream: true }],
  },
  {
    api: 'openai-responses',
    op: 'chat',
    url: 'https://api.openai.com/v1/responses',
    body: { model: 'm', input: 'a' },
    alike: [{ input: [{ role: 'user', content: 'a' }] }],
    other: { input: 'b' },
    path: 'messages[0].content',
    otherModel: { model: 'n' },
  },
  {
    api: 'openai-responses',
    op: 'responses.compact',
    url: 'https://api.openai.com/v1/responses/compact',
    body: { model: 'm', input: 'a' },
    other: { input: 'b' },
    path: 'messages[0].content',
  },
  {
    api: 'gemini',
    op: 'chat',
    url: 'https://generativelanguage.googleapis.com/v1beta/models/m:generateContent',
    body: contents('a'),
    alike: [contents('a', { thoughtSignature: 's' }), { labels: {} }],
    other: contents('b'),
    path: 'messages[0].content',
  },
  {
    api: 'bedrock-converse',
    op: 'chat',
    url: 'https://bedrock-runtime.us-east-1.amazonaws.com/model/m/converse',
    body: blocks({ text: 'a' }),
    alike: [blocks({ text: 'a' }, { cachePoint: {} })],
    other: blocks({ text: 'b' }),
    path: 'messages[0].content',
  },
  {
    api: 'bedrock-invoke',
    op: 'chat',
    url: 'https://bedrock-runtime.us-east-1.amazonaws.com/model/m/invoke',
    body: { anthropic_version: 'v', ...user('a') },
    alike: [{ max_tokens: 1 }],
    other: user('b'),
    path: 'messages[0].content',
  },
  {
    api: 'tgi',
    op: 'completion',
    url: 'http://localhost:8080/generate',
    body: { inputs: 'a' },
    alike: [{ parameters: { seed: 1 } }],
    other: { inputs: 'b' },
    path: 'prompt',
  },
  {
    api: 'ollama-generate',
    op: 'completion',
    url: 'http://localhost:11434/api/generate',
    body: { model: 'm', prompt: 'a' },
    alike: [{ options: {} }],
    other: { prompt: 'b' },
    path: 'prompt',
    otherModel: { model: 'n' },
  },
  {
    api: 'openai-completions',
    op: 'completion',
    url: 'https://api.openai.com/v1/completions',
    body: { model: 'm', prompt: 'a' },
    alike: [{ echo: true }],
    other: { prompt: 'b' },
    path: 'prompt',
    otherModel: { model: 'n' },
  },
  {
    api: 'embeddings',
    op: 'embeddings',
    url: 'https://api.openai.com/v1/embeddings',
    body: { model: 'm', input: 'a' },
    alike: [{ input: ['a'], user: 'u' }],
    other: { input: 'b' },
    path: 'input[0]',
    otherModel: { model: 'n' },
  },
  {
    api: 'ollama-embed',
    op: 'embeddings',
    url: 'http://localhost:11434/api/embed',
    body: { model: 'm', input: 'a' },
    alike: [{ input: ['a'] }],
    other: { input: 'b' },
    path: 'input[0]',
    otherModel: { model: 'n' },
  },
  {
    api: 'openai-media',
    op: 'images.generate',
    url: 'https://api.openai.com/v1/images/generations',
    body: { model: 'm', prompt: 'a' },
    alike: [{ user: 'u', n: null }],
    other: { prompt: 'b' },
    path: 'prompt',
    otherModel: { model: 'n' },
  },
  {
    api: 'openai-media',
    op: 'audio.speech',
    url: 'https://api.openai.com/v1/audio/speech',
    body: { model: 'm', input: 'a' },
    other: { input: 'b' },
    path: 'input',
    otherModel: { model: 'n' },
  },
  {
    api: 'plain',
    op: 'generic',
    url: 'https://tickets.example.com/api/items',
    body: { q: 'a' },
    alike: [{ trace_id: '4bf92f3577b34da6a3ce929d0e0e4736' }],
    other: { q: 'b' },
    path: 'body.q',
    hosted: true,
  },
]

for (const sample of SAMPLES) providerConformance(specimen(sample))

/** The example of registerProvider's documentation. */
const acme: Provider = {
  api: 'acme-gateway',
  detect: ({ path, body }) => path.endsWith('/acme/ask') && typeof body['question'] === 'string',
  operation: () => 'chat',
  canonicalize: ({ body }) => ({
    fields: {
      model: body['engine'],
      system: body['persona'],
      messages: [{ role: 'user', content: body['question'] }],
    },
    stream: body['live'] === true,
  }),
}

describe('registerProvider', () => {
  let undo: () => void
  before(() => {
    undo = registerProvider(acme)
  })
  after(() => undo())

  providerConformance(
    specimen({
      api: 'acme-gateway',
      op: 'chat',
      url: 'https://ai.acme.example/acme/ask',
      body: { engine: 'm', question: 'a' },
      alike: [{ ticket: 7, persona: null }],
      other: { question: 'b' },
      path: 'messages[0].content',
      otherModel: { engine: 'n' },
    }),
  )
})

describe('the registry', () => {
  const request = post('https://ai.acme.example/acme/ask', { engine: 'm', question: 'a' })
  const named = (api: string): Provider => ({ ...acme, api })

  it('asks registered providers in order of registration, before the built-in ones', () => {
    const undos = ['first', 'second'].map((api) => registerProvider(named(api)))
    assert.equal(canonicalize(request).api, 'first')
    undos[0]?.()
    assert.equal(canonicalize(request).api, 'second')
    undos[1]?.()
    assert.equal(canonicalize(request).api, 'plain')
  })

  it('removes the registered provider once, and never an equal one', () => {
    const provider = named('twice')
    const first = registerProvider(provider)
    const second = registerProvider(provider)
    first()
    first()
    assert.equal(canonicalize(request).api, 'twice')
    second()
    assert.equal(canonicalize(request).api, 'plain')
  })

  it('lets a provider read a request without a body and remove the model from the path', () => {
    const undo = registerProvider({
      api: 'by-path',
      detect: ({ path }) => path.startsWith('/engines/'),
      operation: () => 'chat',
      route: ({ path }) => ({ path: '/engines/{model}', model: path.slice(9) }),
      canonicalize: ({ path, query }) => ({
        fields: { model: path.slice(9), messages: [{ role: 'user', content: query[0]?.[1] }] },
      }),
    })
    const canonical = canonicalize({ method: 'GET', url: 'https://a.example/engines/x?q=hi' })
    undo()
    assert.deepEqual(canonical, {
      model: 'x',
      messages: [{ role: 'user', content: 'hi' }],
      method: 'GET',
      path: '/engines/{model}',
      op: 'chat',
      api: 'by-path',
      stream: false,
    })
  })
})
