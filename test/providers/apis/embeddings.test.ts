import assert from 'node:assert/strict'
import { canonicalize } from '../../../src/matching.ts'
import { type Case, checkAll, gemini, paths, post } from '../support.ts'

const embed = (fields: object, url = 'https://api.openai.com/v1/embeddings') =>
  post(url, { model: 'm', input: 'a', ...fields })
const cohere = (fields: object) =>
  post('https://api.cohere.com/v2/embed', { model: 'm', texts: ['a'], ...fields })
const one = (fields: object) =>
  gemini({ contents: undefined, content: { parts: [{ text: 'a' }] }, ...fields }, 'm:embedContent')
const item = (text: string, fields: object = {}) => ({
  model: 'models/m',
  content: { parts: [{ text }] },
  ...fields,
})
const batch = (...requests: object[]) => gemini({ contents: undefined, requests }, 'm:batchEmbedContents')
const predict = (body: object, model = 'gemini-embedding-001') =>
  post(
    `https://aiplatform.googleapis.com/v1/projects/p/locations/l/publishers/google/models/${model}:predict`,
    body as never,
  )

describe('embeddings', () => {
  checkAll([
    ['a token array and a list that holds it', 'same', embed({ input: [1, 2] }), embed({ input: [[1, 2]] })],
    [
      'a list of strings in another order',
      'different',
      embed({ input: ['a', 'b'] }),
      embed({ input: ['b', 'a'] }),
    ],
    ['user and other bookkeeping', 'same', embed({ user: 'u', metadata: {} }), embed({})],
    ['any other field', 'different', embed({ truncation: true }), embed({ truncation: false })],
    ['nulls', 'same', embed({ dimensions: null }), embed({})],
    [
      'texts and input',
      'semantic',
      cohere({}),
      post('https://api.openai.com/v1/embeddings', { model: 'm', input: ['a'] }),
    ],
    [
      'embedding_types in any order',
      'same',
      cohere({ embedding_types: ['float', 'int8'] }),
      cohere({ embedding_types: ['int8', 'float'] }),
    ],
    ['output_dimension is dimensions', 'semantic', cohere({ output_dimension: 5 }), embed({ dimensions: 5 })],
    ['another host', 'same', embed({}), embed({}, 'http://localhost:4000/v1/embeddings')],
    [
      'Azure: the deployment is the model',
      'semantic',
      embed({}, 'https://x.openai.azure.com/openai/deployments/a/embeddings?api-version=1'),
      embed({}, 'https://x.openai.azure.com/openai/deployments/b/embeddings?api-version=1'),
    ],
    ['a chat-only list', 'different', embed({}), embed({ input: 'b' }), ['model', 'messages', 'tools']],
    [
      'a chat-only list that names user',
      'different',
      embed({ user: 'u' }),
      embed({ input: 'b', user: 'u' }),
      ['model', 'messages', 'user'],
    ],
    [
      'a list that names a field by an alias',
      'same',
      cohere({ input_type: 'x' }),
      cohere({ input_type: 'y' }),
      ['model', 'texts'],
    ],
    ['Gemini: one', 'different', one({}), one({ content: { parts: [{ text: 'b' }] } })],
    [
      'Gemini: task type in both spellings',
      'same',
      one({ taskType: 'RETRIEVAL_QUERY' }),
      one({ task_type: 'retrieval_query' }),
    ],
    [
      'Gemini: task type and input_type',
      'semantic',
      one({ taskType: 'X' }),
      embed({ input: 'a', input_type: 'x' }),
    ],
    ['Gemini: a batch of one and one', 'semantic', batch(item('a')), one({})],
    ['Gemini: order of a batch', 'different', batch(item('a'), item('b')), batch(item('b'), item('a'))],
    [
      'Gemini: task types that differ in a batch',
      'different',
      batch(item('a', { taskType: 'X' }), item('b', { taskType: 'Y' })),
      batch(item('a', { taskType: 'Y' }), item('b', { taskType: 'X' })),
    ],
    ['Gemini: a title', 'different', batch(item('a', { title: 't' })), batch(item('a', { title: 'u' }))],
    [
      'Gemini: dimensions of a batch',
      'semantic',
      batch(item('a', { outputDimensionality: 5 })),
      embed({ dimensions: 5 }),
    ],
    [
      'Vertex: predict',
      'different',
      predict({ instances: [{ content: 'a' }] }),
      predict({ instances: [{ content: 'b' }] }),
    ],
    [
      'Vertex: parameters',
      'semantic',
      predict({ instances: [{ content: 'a', task_type: 'X' }], parameters: { outputDimensionality: 5 } }),
      embed({ dimensions: 5, input_type: 'x' }),
    ],
    [
      'Vertex: another project',
      'same',
      predict({ instances: [{ content: 'a' }] }),
      {
        ...predict({ instances: [{ content: 'a' }] }),
        url: 'https://aiplatform.googleapis.com/v1/projects/q/locations/m/publishers/google/models/gemini-embedding-001:predict',
      },
    ],
  ] satisfies Case[])

  it('are detected only with an input and an embedding model', () => {
    assert.equal(canonicalize(predict({ instances: [{ prompt: 'a cat' }] }, 'imagen-4')).op, 'generic')
    assert.equal(canonicalize(post('https://x.example/v1/embeddings', { model: 'm' })).op, 'generic')
    assert.equal(
      canonicalize(
        post('https://x.example/v1/embed', {
          inputs: [{ content: [{ type: 'text', text: 'a' }] }],
          model: 'm',
        }),
      ).op,
      'embeddings',
    )
  })

  it('name the changed input in a miss', () => {
    assert.deepEqual(paths(embed({ input: ['a', 'b', 'c'] }), embed({ input: ['a', 'x', 'c'] })), [
      'input[1]',
    ])
  })
})
