import assert from 'node:assert/strict'
import { canonicalize } from '../../../src/matching.ts'
import { type Case, checkAll, paths, post } from '../support.ts'

const BODY = { shape: 'of its own' }
const ask = (url: string, body: object | Uint8Array | string = BODY) => post(url, body as typeof BODY)
const BEDROCK = 'https://bedrock-runtime.us-east-1.amazonaws.com/model'
const VERTEX = 'https://us-central1-aiplatform.googleapis.com/v1'

/** URLs that name the model: one URL for each model. */
const URLS: Readonly<Record<string, (model: string) => string>> = {
  'Bedrock invoke': (model) => `${BEDROCK}/${model}/invoke`,
  'Bedrock invoke, streamed': (model) => `${BEDROCK}/${model}/invoke-with-response-stream`,
  'Bedrock count-tokens': (model) => `${BEDROCK}/${model}/count-tokens`,
  Gemini: (model) => `https://generativelanguage.googleapis.com/v1beta/models/${model}:predictLongRunning`,
  Vertex: (model) => `${VERTEX}/projects/p/locations/l/publishers/google/models/${model}:predictLongRunning`,
  'a Vertex endpoint': (model) => `${VERTEX}/projects/p/locations/l/endpoints/${model}:predict`,
  Azure: (model) => `https://x.openai.azure.com/openai/deployments/${model}/unknown`,
  'Hugging Face': (model) => `https://router.huggingface.co/hf-inference/models/org/${model}`,
}

describe('paths that name a model, with a body of an unknown API', () => {
  for (const [name, url] of Object.entries(URLS)) {
    checkAll([
      [`${name}: another model`, 'semantic', ask(url('a')), ask(url('b'))],
      [`${name}: a list without it`, 'same', ask(url('a')), ask(url('b')), ['shape']],
      [`${name}: a list with it`, 'semantic', ask(url('a')), ask(url('b')), ['shape', 'model']],
      [`${name}: a list made for chats`, 'semantic', ask(url('a')), ask(url('b')), ['model', 'messages']],
      [`${name}: another body`, 'different', ask(url('a')), ask(url('a'), { shape: 'x' })],
      [`${name}: bytes`, 'semantic', ask(url('a'), Uint8Array.of(255)), ask(url('b'), Uint8Array.of(255))],
    ] satisfies Case[])

    it(`${name}: a miss names the model`, () => {
      assert.deepEqual(paths(ask(url('a')), ask(url('b'))), ['model'])
      assert.equal(canonicalize(ask(url('a')))['model'], name === 'Hugging Face' ? 'org/a' : 'a')
    })
  }

  checkAll([
    [
      'Vertex: project and location',
      'same',
      ask(`${VERTEX}/projects/p/locations/l/publishers/google/models/m:predict`),
      ask(`${VERTEX}/projects/q/locations/k/publishers/google/models/m:predict`),
    ],
    [
      'an ARN as the model',
      'same',
      ask(`${BEDROCK}/arn%3Aaws%3Abedrock%3A%3Ax%2Fy/invoke`),
      ask(`${BEDROCK}/arn:aws:bedrock::x%2Fy/invoke`),
    ],
    [
      "an unknown service's projects",
      'different',
      ask('https://tasks.example/v2/projects/p/locations/l/queues'),
      ask('https://tasks.example/v2/projects/q/locations/l/queues'),
    ],
    [
      "an unknown service's verb",
      'different',
      ask('https://shop.example/models/a:publish'),
      ask('https://shop.example/models/b:publish'),
      ['shape'],
    ],
    [
      'a model in the body beside one in the URL',
      'different',
      ask(`${BEDROCK}/m/invoke`, { model: 'a' }),
      ask(`${BEDROCK}/m/invoke`, { model: 'b' }),
    ],
  ] satisfies Case[])
})
