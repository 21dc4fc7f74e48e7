import assert from 'node:assert/strict'
import { canonicalize, checkMatchOn, fingerprint, UnknownMatchFieldError } from '../../../src/matching.ts'
import type { MatchRequest } from '../../../src/matching.ts'
import { type Case, check, cohere, gemini, ollama, openai, post } from '../../providers/support.ts'

type Make = (name: string, value: unknown) => MatchRequest
const inBody: Make = (name, value) => openai({ [name]: value })

/** Fields of the APIs, with a request that has one. */
const FIELDS: readonly (readonly [api: string, names: string, make: Make])[] = [
  ['Mistral', 'guardrails', inBody],
  [
    'Ollama',
    'mirostat mirostat_eta mirostat_tau tfs_z repeat_last_n num_gpu num_thread num_keep',
    (name, value) => ollama({ options: { [name]: value } }),
  ],
  ['vLLM', 'stop_token_ids bad_words structured_outputs skip_special_tokens mm_processor_kwargs', inBody],
  [
    'OpenAI images',
    'input_fidelity',
    (name, value) =>
      post('https://api.openai.com/v1/images/generations', { prompt: 'p', [name]: value } as never),
  ],
  ['OpenAI', 'known_speaker_names', inBody],
  ['Cohere', 'raw_prompting', (name, value) => cohere({ [name]: value })],
  [
    'TGI',
    'decoder_input_details',
    (name, value) =>
      post('https://tgi.example/generate', { inputs: 'x', parameters: { [name]: value } } as never),
  ],
  ['xAI', 'search_parameters deferred', inBody],
  ['Perplexity', 'search_domain_filter search_recency_filter return_images', inBody],
  ['Qwen', 'enable_search incremental_output result_format', inBody],
  [
    'Gemini',
    'responseLogprobs response_logprobs responseSchema response_schema speechConfig speech_config',
    (name, value) => gemini({ generationConfig: { [name]: value } }),
  ],
  [
    'Gemini, top level',
    'safety_settings system_instruction cached_content',
    (name, value) => gemini({ [name]: value }),
  ],
]

describe('matchOn: fields of the APIs that a request may lack', () => {
  for (const [api, names, make] of FIELDS) {
    for (const name of names.split(' ')) {
      check([`${api}: ${name} counts`, 'different', make(name, 'a'), make(name, 'b'), [name]] satisfies Case)
      it(`${api}: ${name} may be absent`, () => {
        const without = make('stream', false)
        assert.notEqual(
          fingerprint(without, { matchOn: [name] }).matchKey,
          fingerprint(make(name, 'a'), { matchOn: [name] }).matchKey,
        )
      })
    }
  }
})

describe('matchOn: names that only one of several requests has', () => {
  const unknown = (names: readonly string[], ...requests: readonly MatchRequest[]): readonly string[] => {
    try {
      checkMatchOn(names, ...requests.map((request) => canonicalize(request, { matchOn: names })))
      return []
    } catch (error) {
      assert.ok(error instanceof UnknownMatchFieldError)
      return error.unknown
    }
  }
  const generic = (body: object) => post('https://x.example/search', body as never)
  const embeddings = post('https://api.openai.com/v1/embeddings', { model: 'm', input: 'x' })

  it('are known, whichever request has them', () => {
    assert.deepEqual(unknown(['messages', 'foo'], openai({}), openai({ foo: 1 })), [])
    assert.deepEqual(unknown(['q', 'cursor'], generic({ q: 1 }), generic({ q: 1, cursor: 2 })), [])
    assert.deepEqual(unknown(['messages', 'foo'], openai({})), ['foo'])
    assert.deepEqual(unknown(['q', 'cursor'], generic({ q: 1 })), ['cursor'])
  })

  it('are not checked for a request of another operation than the list was made for', () => {
    for (const other of [generic({ q: 1 }), embeddings]) {
      assert.deepEqual(unknown(['model', 'messages', 'my_flag'], other), [])
      assert.deepEqual(unknown(['model', 'messages', 'my_flag'], other, openai({})), ['my_flag'])
    }
  })

  it('are errors if they look misspelled, whatever the list was made for', () => {
    for (const name of ['mesages', 'mesasges', 'Messages', 'temprature', 'tols']) {
      assert.deepEqual(unknown(['model', name], generic({ q: 1 })), [name])
      assert.deepEqual(unknown(['model', name], embeddings), [name])
    }
    assert.deepEqual(unknown(['model', 'cursr'], generic({ cursor: 1 })), ['cursr'])
  })

  it('are errors if the list names nothing else', () => {
    assert.deepEqual(unknown(['my_flag'], generic({ q: 1 })), ['my_flag'])
    assert.deepEqual(unknown(['my_flag', 'other'], embeddings), ['my_flag', 'other'])
  })
})
