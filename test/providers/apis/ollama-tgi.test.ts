import assert from 'node:assert/strict'
import { canonicalize } from '../../../src/matching.ts'
import { type Case, checkAll, history, ollama, openai, post, USER } from '../support.ts'

describe('ollama', () => {
  const generate = (fields: object) => ollama({ prompt: 'p', ...fields }, 'generate')
  const call = (name: string) => ({ function: { name, arguments: { a: 1 } } })
  checkAll([
    ['native and OpenAI', 'semantic', ollama({ stream: false }), openai({})],
    ['keep_alive', 'same', ollama({ keep_alive: '5m' }), ollama({})],
    [
      'options are selectable as sampling',
      'different',
      ollama({ options: { num_predict: 1 } }),
      ollama({ options: { num_predict: 2 } }),
      ['messages', 'max_tokens'],
    ],
    [
      'other options are selectable by their name',
      'different',
      ollama({ options: { num_ctx: 1 } }),
      ollama({ options: { num_ctx: 2 } }),
      ['messages', 'num_ctx'],
    ],
    [
      'format json',
      'semantic',
      ollama({ format: 'json', stream: false }),
      openai({ response_format: { type: 'json_object' } }),
    ],
    [
      'format as a schema',
      'semantic',
      ollama({ format: { type: 'object', title: 't' }, stream: false }),
      openai({
        response_format: { type: 'json_schema', json_schema: { schema: { type: 'object', title: 't' } } },
      }),
    ],
    ['an empty format', 'same', ollama({ format: '' }), ollama({})],
    [
      'think as a level',
      'semantic',
      ollama({ think: 'low', stream: false }),
      openai({ reasoning_effort: 'low' }),
    ],
    [
      'think: true',
      'semantic',
      ollama({ think: true, stream: false }),
      openai({ thinking: { type: 'enabled' } }),
    ],
    [
      'earlier thinking',
      'semantic',
      ollama({ ...history({ role: 'assistant', thinking: 't', content: 'y' }), stream: false }),
      openai(history({ role: 'assistant', reasoning_content: 't', content: 'y' })),
    ],
    [
      'results by the name of the tool',
      'different',
      ollama(
        history(
          { role: 'assistant', content: '', tool_calls: [call('f'), call('g')] },
          { role: 'tool', tool_name: 'f', content: '1' },
          { role: 'tool', tool_name: 'g', content: '2' },
        ),
      ),
      ollama(
        history(
          { role: 'assistant', content: '', tool_calls: [call('f'), call('g')] },
          { role: 'tool', tool_name: 'g', content: '1' },
          { role: 'tool', tool_name: 'f', content: '2' },
        ),
      ),
    ],
    [
      'results without a name, in order',
      'same',
      ollama(
        history({ role: 'assistant', content: '', tool_calls: [call('f')] }, { role: 'tool', content: '1' }),
      ),
      ollama(
        history(
          { role: 'assistant', content: '', tool_calls: [call('f')] },
          { role: 'tool', tool_name: 'f', content: '1' },
        ),
      ),
    ],
    ['generate: system', 'different', generate({ system: 'a' }), generate({ system: 'b' })],
    [
      'generate: suffix, template, raw',
      'different',
      generate({ suffix: 's', template: 't', raw: true }),
      generate({}),
    ],
    ['generate: an image', 'different', generate({ images: ['AAAA'] }), generate({ images: ['BBBB'] })],
    [
      'generate: tokens of an earlier conversation',
      'different',
      generate({ context: [1, 2] }),
      generate({ context: [1, 3] }),
    ],
    ['generate: think', 'different', generate({ think: true }), generate({ think: false })],
    [
      'generate: options',
      'same',
      generate({ options: { temperature: 1 } }),
      generate({ options: { temperature: 0 } }),
    ],
    ['generate: streams by default', 'semantic', generate({}), generate({ stream: false })],
    [
      'generate: a list made for chats',
      'different',
      generate({ system: 's' }),
      ollama({ prompt: 'q', system: 's' }, 'generate'),
      ['model', 'messages', 'system'],
    ],
    [
      'embed: one input and a list',
      'same',
      ollama({ input: 'a' }, 'embed'),
      ollama({ input: ['a'], keep_alive: 1 }, 'embed'),
    ],
    [
      'embeddings, the older path',
      'different',
      ollama({ prompt: 'a' }, 'embeddings'),
      ollama({ prompt: 'b' }, 'embeddings'),
    ],
  ] satisfies Case[])

  it("leaves an app's own /api/chat alone", () => {
    const app = (body: object) => canonicalize(post('http://localhost:3000/api/chat', body as never)).op
    assert.equal(
      app({ id: 'c', messages: [{ id: 'm', role: 'user', parts: [{ type: 'text', text: 'hi' }] }] }),
      'generic',
    )
    assert.equal(app({ messages: [USER] }), 'generic')
    assert.equal(app({ model: 'm', messages: [{ id: 'm', role: 'user', parts: [] }] }), 'generic')
    assert.equal(app({ model: 'm', messages: [USER] }), 'chat')
  })

  it('puts images after the text and reads their type from their first bytes', () => {
    const types = ['iVBORw0KGgo=', '/9j/4AAQ', 'R0lGODlh', 'UklGRgAAAABXRUJQ', 'AAAAAAAA'].map((data) => {
      const { messages } = canonicalize(ollama({ messages: [{ ...USER, images: [data] }] }))
      const [{ content }] = messages as [{ content: [{ text: string }, { media_type?: string }] }]
      assert.equal(content[0].text, 'hi')
      return content[1].media_type
    })
    assert.deepEqual(types, ['image/png', 'image/jpeg', 'image/gif', 'image/webp', undefined])
  })
})

describe('tgi and completions', () => {
  const tgi = (fields: object, path = 'generate') =>
    post(`http://localhost:8080/${path}`, { inputs: 'p', ...fields })
  const completion = (fields: object) =>
    post('https://api.together.xyz/v1/completions', { model: 'm', prompt: 'p', ...fields })
  const hf = (path: string) => post(`https://api-inference.huggingface.co/models/${path}`, { inputs: 'p' })
  checkAll([
    [
      'parameters are outside of the default list',
      'same',
      tgi({ parameters: { temperature: 1, max_new_tokens: 2, details: true } }),
      tgi({}),
    ],
    ['streaming by the path', 'semantic', tgi({}), tgi({}, 'generate_stream')],
    [
      'a grammar',
      'different',
      tgi({ parameters: { grammar: { type: 'json', value: { type: 'object' } } } }),
      tgi({ parameters: { grammar: { type: 'json', value: { type: 'array' } } } }),
      ['prompt', 'response_format'],
    ],
    [
      'a grammar and response_format',
      'semantic',
      tgi({ parameters: { grammar: { type: 'json', value: { type: 'object' } } } }),
      post('http://localhost/completions', {
        prompt: 'p',
        response_format: { type: 'json_schema', json_schema: { schema: { type: 'object' } } },
      }),
      ['prompt', 'response_format'],
    ],
    [
      'a regular expression',
      'different',
      tgi({ parameters: { grammar: { type: 'regex', value: 'a' } } }),
      tgi({ parameters: { grammar: { type: 'regex', value: 'b' } } }),
      ['prompt', 'response_format'],
    ],
    ['Hugging Face: model and the rest of the path', 'semantic', hf('org/a'), hf('org/a/pipeline/x')],
    [
      'inputs on a path nobody knows',
      'same',
      post('http://a.example/invocations', { inputs: 'p' }),
      post('http://b.example/invocations', { inputs: 'p', parameters: { seed: 1 } }),
    ],
    [
      'inputs that are no string',
      'different',
      post('http://a.example/generate', { inputs: ['p'], x: 1 }),
      post('http://a.example/generate', { inputs: ['p'], x: 2 }),
    ],
    ['completions: suffix', 'different', completion({ suffix: 's' }), completion({})],
    [
      'completions: a list of prompts',
      'different',
      completion({ prompt: ['a', 'b'] }),
      completion({ prompt: ['b', 'a'] }),
    ],
    ['completions: user', 'same', completion({ user: 'u' }), completion({})],
    [
      'completions: sampling selected',
      'different',
      completion({ temperature: 0 }),
      completion({ temperature: 1 }),
      ['prompt', 'temperature'],
    ],
    ['completions: model', 'semantic', completion({}), completion({ model: 'n' })],
    [
      'completions: a list made for chats does not make them one',
      'different',
      completion({}),
      completion({ prompt: 'q' }),
      ['model', 'messages', 'reasoning'],
    ],
  ] satisfies Case[])

  it('removes organisation and model from a Hugging Face path, and from no other path', () => {
    const { path, model } = canonicalize(hf('org/name'))
    assert.deepEqual([path, model], ['/models/{model}', 'org/name'])
    assert.equal(
      canonicalize(post('https://example.com/models/org/name', { inputs: 'p' })).path,
      '/models/org/name',
    )
  })
})
