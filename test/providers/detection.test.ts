import assert from 'node:assert/strict'
import { canonicalize } from '../../src/matching.ts'
import { openai, post, USER } from './support.ts'

const MESSAGES = { model: 'm', messages: [USER] }
const ask = [{ parts: [{ text: 'hi' }] }]

/** Rows of path, body and api/op: each row of the table in docs/matching.md, "How an API is recognised", and bodies that fail it. */
const ROWS: readonly (readonly [path: string, body: object, expected: string])[] = [
  ['v1/chat/completions', MESSAGES, 'openai-chat/chat'],
  ['v1beta/openai/chat/completions', MESSAGES, 'openai-chat/chat'],
  ['openai/deployments/d/chat/completions', MESSAGES, 'openai-chat/chat'],
  ['v1/chat/completions/', { messages: [] }, 'openai-chat/chat'],
  ['v1/chat/completions', { model: 'm' }, 'plain/generic'],
  ['v1/chat/completions', { messages: 'x' }, 'plain/generic'],
  ['v1/responses', { input: 'x' }, 'openai-responses/chat'],
  ['v1/responses', { prompt: { id: 'p' } }, 'openai-responses/chat'],
  ['v1/responses', { previous_response_id: 'r' }, 'openai-responses/chat'],
  ['v1/responses', { model: 'm' }, 'plain/generic'],
  ['v1/responses/compact', { input: 'x' }, 'openai-responses/responses.compact'],
  ['v1/responses/input_tokens', { input: 'x' }, 'openai-responses/count_tokens'],
  ['v1/messages', MESSAGES, 'anthropic-messages/chat'],
  ['v1/messages/count_tokens', MESSAGES, 'anthropic-messages/count_tokens'],
  ['v1/messages/batches', { requests: [] }, 'plain/generic'],
  ['v1beta/models/m:generateContent', {}, 'gemini/chat'],
  ['v1beta/models/m:streamGenerateContent', {}, 'gemini/chat'],
  ['v1beta/models/m:countTokens', {}, 'gemini/count_tokens'],
  ['v1/projects/p/locations/l/publishers/a/models/m:rawPredict', MESSAGES, 'anthropic-messages/chat'],
  ['v1/projects/p/locations/l/publishers/a/models/m:streamRawPredict', MESSAGES, 'anthropic-messages/chat'],
  ['v1/projects/p/locations/l/publishers/a/models/m:rawPredict', { a: 1 }, 'plain/generic'],
  ['model/m/converse', {}, 'bedrock-converse/chat'],
  ['model/m/converse-stream', {}, 'bedrock-converse/chat'],
  ['model/m/invoke', { anthropic_version: 'v', messages: [USER] }, 'bedrock-invoke/chat'],
  ['model/m/invoke-with-response-stream', { prompt: 'p' }, 'bedrock-invoke/completion'],
  ['model/m/invoke', { inputText: 'p' }, 'bedrock-invoke/embeddings'],
  ['model/m/invoke', { x: 'p' }, 'bedrock-invoke/generic'],
  ['model/m/count-tokens', { input: { converse: {} } }, 'bedrock-converse/count_tokens'],
  ['model/m/count-tokens', { x: 1 }, 'plain/generic'],
  ['v2/chat', MESSAGES, 'cohere-chat/chat'],
  ['api/chat', MESSAGES, 'ollama-chat/chat'],
  ['api/generate', { model: 'm', prompt: 'p' }, 'ollama-generate/completion'],
  ['api/generate', { prompt: 'p' }, 'plain/generic'],
  ['api/embed', { model: 'm', input: 'p' }, 'ollama-embed/embeddings'],
  ['api/embeddings', { model: 'm', prompt: 'p' }, 'ollama-embed/embeddings'],
  ['generate', { inputs: 'p' }, 'tgi/completion'],
  ['generate_stream', { inputs: 'p' }, 'tgi/completion'],
  ['generate', { prompt: 'p' }, 'plain/generic'],
  ['v1/completions', { prompt: 'p' }, 'openai-completions/completion'],
  ['v1/completions', { x: 'p' }, 'plain/generic'],
  ['v1/embeddings', { input: 'p' }, 'embeddings/embeddings'],
  ['v1/embed', { texts: ['p'] }, 'embeddings/embeddings'],
  ['v2/embed', { texts: ['p'] }, 'embeddings/embeddings'],
  ['v1beta/models/m:embedContent', { content: {} }, 'embeddings/embeddings'],
  ['v1beta/models/m:batchEmbedContents', { requests: [] }, 'embeddings/embeddings'],
  ['v1/models/text-embedding-005:predict', { instances: [] }, 'embeddings/embeddings'],
  ['v1/images/generations', {}, 'openai-media/images.generate'],
  ['v1/audio/speech', {}, 'openai-media/audio.speech'],
  // A chat body on an unknown path: the first shape that fits decides.
  ['ask', { contents: ask }, 'gemini/chat'],
  ['ask', { contents: [{ text: 'x' }] }, 'plain/generic'],
  ['ask', { messages: [{ role: 'user', content: [{ text: 'x' }] }] }, 'bedrock-converse/chat'],
  ['ask', { messages: [{ role: 'user', content: [{ type: 'text', text: 'x' }] }] }, 'plain/generic'],
  ['ask', MESSAGES, 'openai-chat/chat'],
  ['ask', { model: 'm', messages: [USER, { role: 'assistant', tool_calls: [] }] }, 'openai-chat/chat'],
  ['ask', { model: 'm', messages: [USER, { role: 'assistant', parts: [] }] }, 'plain/generic'],
  ['ask', { anthropic_version: 'v', messages: [USER] }, 'anthropic-messages/chat'],
  ['ask', { model: 'm', input: [{ role: 'user', content: 'x' }] }, 'openai-responses/chat'],
  ['ask', { model: 'm', input: ['x'] }, 'plain/generic'],
  ['ask', { input: 'x', instructions: 'y' }, 'openai-responses/chat'],
  ['ask', { model: 'm', input: 'x' }, 'plain/generic'],
  ['ask', { inputs: 'x' }, 'tgi/completion'],
  ['ask', { model: 'm' }, 'plain/generic'],
]

describe('detection', () => {
  for (const [path, body, expected] of ROWS) {
    it(`reads /${path} with ${Object.keys(body).join(', ') || 'nothing'} as ${expected}`, () => {
      for (const prefix of ['https://known.example.com/', 'http://localhost:4000/proxy/']) {
        const { api, op } = canonicalize(post(prefix + path, body as never))
        assert.equal(`${api}/${op}`, expected)
      }
    })
  }

  it('reads /models/.. as TGI on Hugging Face only', () => {
    const url = (host: string) => `https://${host}/hf-inference/models/org/name`
    assert.equal(
      canonicalize(post(url('router.huggingface.co'), { inputs: 'x' })).path,
      '/hf-inference/models/{model}',
    )
    assert.equal(
      canonicalize(post(url('evil-huggingface.co'), { inputs: 'x' })).path,
      '/hf-inference/models/org/name',
    )
  })

  it('accepts any method and any content type', () => {
    assert.equal(canonicalize({ ...openai({}), headers: { 'content-type': 'text/plain' } }).op, 'chat')
    assert.equal(canonicalize({ ...openai({}), method: 'put' }).op, 'chat')
  })
})
