import assert from 'node:assert/strict'

import { endpoint, type Provider, providerNamed, providerOfModel } from '../../src/migration/providers.ts'

const named = (name: string): Provider => {
  const found = providerNamed(name)
  assert.ok(found, name)
  return found
}

describe('a provider of models', () => {
  const ENDPOINTS: readonly [provider: string, base: string | undefined, path: string, url: string][] = [
    ['openai', undefined, '/chat/completions', 'https://api.openai.com/v1/chat/completions'],
    ['openai', 'http://127.0.0.1:80', '/chat/completions', 'http://127.0.0.1:80/v1/chat/completions'],
    ['openai', 'http://127.0.0.1:80/v1/', '/responses', 'http://127.0.0.1:80/v1/responses'],
    ['openai', 'https://gateway/openai', '/embeddings', 'https://gateway/openai/embeddings'],
    ['anthropic', undefined, '/messages', 'https://api.anthropic.com/v1/messages'],
    ['anthropic', 'https://gateway/anthropic', '/messages', 'https://gateway/anthropic/v1/messages'],
    ['anthropic', 'https://gateway/v1', '/messages', 'https://gateway/v1/messages'],
    [
      'gemini',
      'http://localhost:1',
      '/models/m:generateContent',
      'http://localhost:1/v1beta/models/m:generateContent',
    ],
    ['cohere', undefined, '/chat', 'https://api.cohere.com/v2/chat'],
    ['ollama', undefined, '/chat', 'http://127.0.0.1:11434/api/chat'],
    ['ollama', 'http://host:11434/api', '/chat', 'http://host:11434/api/chat'],
  ]
  for (const [provider, base, path, url] of ENDPOINTS)
    it(`is asked at ${url}`, () => assert.equal(endpoint(named(provider), base, path), url))

  it('is told from the name of its model, or not at all', () => {
    const of = (model: string): string | undefined => providerOfModel(model)?.name
    assert.deepEqual(
      [
        'gpt-5-mini',
        'o3',
        'claude-sonnet-4-5',
        'gemini-2.5-pro',
        'mistral-large',
        'ministral-8b',
        'command-a',
        'llama3',
        'our-gpt',
      ].map(of),
      ['openai', 'openai', 'anthropic', 'gemini', 'mistral', 'mistral', 'cohere', undefined, undefined],
    )
  })
})
