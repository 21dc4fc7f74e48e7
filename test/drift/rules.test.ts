import assert from 'node:assert/strict'

import { compareResponses, digest, type DriftResponse } from '../../src/drift.ts'

const answer = (message: object, finish = 'stop'): DriftResponse => ({
  status: 200,
  body: { choices: [{ index: 0, message: message as never, finish_reason: finish }] },
})
const text = (content: string, finish?: string): DriftResponse => answer({ content }, finish)
const call = (...calls: readonly (readonly [string, string])[]): DriftResponse =>
  answer(
    { tool_calls: calls.map(([name, args]) => ({ id: name, function: { name, arguments: args } })) },
    'tool_calls',
  )
const told = (a: DriftResponse, b: DriftResponse, api = 'openai-chat'): string[] =>
  compareResponses(a, b, { api }).changes.map(({ verdict, rule, path }) => `${verdict} ${rule} ${path}`)

describe('the rules of drift', () => {
  it('name the place of a changed argument', () => {
    assert.deepEqual(told(call(['f', '{"a":{"b":[1,"x"]}}']), call(['f', '{"a":{"b":[1,"y"]}}'])), [
      'regression tool_calls choices[0].tool_calls[f].arguments.a.b[1]',
    ])
  })

  it('pair equal calls of one name whatever their order, and judge what is left', () => {
    const before = call(['f', '{"x":1}'], ['f', '{"x":2}'])
    assert.deepEqual(told(before, call(['f', '{"x":2}'], ['f', '{"x":1}'])), [
      'benign tool_calls choices[0].tool_calls',
    ])
    assert.deepEqual(told(before, call(['f', '{"x":2}'], ['f', '{"x":3}'])), [
      'regression tool_calls choices[0].tool_calls[f].arguments.x',
      'benign tool_calls choices[0].tool_calls',
    ])
  })

  it('let white space in an argument differ', () => {
    assert.deepEqual(told(call(['f', '{"q":"a  b"}']), call(['f', '{"q":"a b\\n"}'])), [
      'benign tool_calls choices[0].tool_calls[f].arguments.q',
    ])
  })

  it('let calls come after an answer that had been filtered or cut off', () => {
    const after = call(['f', '{}'])
    assert.equal(
      compareResponses(text('', 'content_filter'), after, { api: 'openai-chat' }).verdict,
      'benign',
    )
    assert.equal(compareResponses(text('a', 'length'), after, { api: 'openai-chat' }).verdict, 'benign')
    assert.equal(compareResponses(text('a', 'stop'), after, { api: 'openai-chat' }).verdict, 'regression')
  })

  it('let JSON that had been cut at the limit become whole', () => {
    assert.deepEqual(told(text('{"a":', 'length'), text('{"a":1}')), [
      'benign finish choices[0].finish',
      'benign text choices[0].text',
    ])
  })

  it('judge the elements of a list by what all of them had', () => {
    const shape = (a: string, b: string): string[] => told(text(a), text(b))
    const at = 'json_shape choices[0].text'
    assert.deepEqual(shape('[{"a":1},{"a":2,"b":3}]', '[{"a":1,"b":2},{"a":3}]'), [
      `benign ${at}[0].b`,
      `benign ${at}[1].a`,
      `benign ${at}[1].b`,
    ])
    assert.deepEqual(shape('{"l":[1,2]}', '{"l":[1,"2"]}'), [`regression ${at}.l[1]`])
    assert.deepEqual(shape('{"l":[]}', '{"l":[1]}'), [`benign ${at}.l`])
    assert.deepEqual(shape('{"a":null}', '{"a":{"b":1}}'), [`benign ${at}.a`])
    assert.deepEqual(shape('{"a":[{"b":1}]}', '{"a":[{"b":null}]}'), [`regression ${at}.a[0].b`])
    assert.deepEqual(shape('{"a":1,"b":2}', '{ "b": 2, "a": 1 }'), [])
  })

  it('judge the values of structured output if asked to', () => {
    const [a, b] = [text('{"a":1}'), text('{"a":2}')]
    assert.equal(compareResponses(a, b, { api: 'openai-chat', strictValues: true }).verdict, 'regression')
  })

  it('tell a page in place of an answer as an error', () => {
    const page = { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>sign in</html>' }
    assert.equal(compareResponses(text('Paris.'), page, { api: 'openai-chat' }).verdict, 'regression')
  })

  it('judge media by kind and count, not by their bytes', () => {
    const image = (...types: string[]): DriftResponse => ({
      status: 200,
      body: {
        candidates: [
          {
            content: { parts: types.map((mimeType, at) => ({ inlineData: { mimeType, data: `AA${at}A` } })) },
            finishReason: 'STOP',
          },
        ],
      },
    })
    const path = 'choices[0].media'
    assert.deepEqual(told(image('image/png'), image('audio/wav', 'image/png'), 'gemini'), [
      `benign media ${path}[0]`,
      `benign media ${path}`,
    ])
    assert.deepEqual(told(image('image/png'), image('image/webp'), 'gemini'), [
      `regression media ${path}[0]`,
      `benign media ${path}`,
    ])
    assert.deepEqual(told(image('image/png', 'image/png'), image('image/png'), 'gemini'), [
      `regression media ${path}[1]`,
    ])
  })

  it('judge embeddings by a cosine of 0.999', () => {
    const vector = (degrees: number): DriftResponse => {
      const angle = (degrees * Math.PI) / 180
      return { status: 200, body: { data: [{ index: 0, embedding: [Math.cos(angle), Math.sin(angle)] }] } }
    }
    // The cosine of 2.5 degrees is 0.99905, that of 2.6 is 0.99897.
    assert.deepEqual(told(vector(0), vector(2.5), 'embeddings'), ['benign embeddings vectors[0]'])
    assert.deepEqual(told(vector(0), vector(2.6), 'embeddings'), ['regression embeddings vectors[0]'])
  })

  it('tell every success status that changed', () => {
    assert.deepEqual(told({ status: 200 }, { status: 204 }, 'plain'), ['benign status status'])
  })

  it('read JSON and events that were cut short as truncated', () => {
    const headers = { 'content-type': 'application/json' }
    const cut = { status: 200, headers, body: '{"choices":[{"message":{"content":"Pa' }
    assert.equal(digest(cut, { api: 'openai-chat' }).choices[0]?.truncated, true)
    const array = {
      status: 200,
      headers,
      body: '[{"candidates":[{"content":{"parts":[{"text":"Pa"}]}}]},\n{"cand',
    }
    const [choice] = digest(array, { api: 'gemini' }).choices
    assert.deepEqual([choice?.text, choice?.truncated], ['Pa', true])
  })

  it('keep numbers that a double cannot hold apart', () => {
    assert.equal(
      told(call(['f', '{"id":9007199254740993}']), call(['f', '{"id":9007199254740992}'])).length,
      1,
    )
  })

  it('compare a list of ten thousand records in a moment', function () {
    this.timeout(5000)
    const list = (from: number): DriftResponse => ({
      status: 200,
      body: Array.from({ length: 10_000 }, (_, at) => ({
        id: at + from,
        tags: ['a', 'b'],
        deep: { x: [at] },
      })),
    })
    assert.equal(compareResponses(list(0), list(1), { api: 'plain' }).verdict, 'benign')
  })
})

describe('drift of calls that are not HTTP bodies', () => {
  const message = (content: string, reason?: string): never =>
    ({ outputs: [{ index: 0, message: { content }, ...(reason ? { finish_reason: reason } : {}) }] }) as never

  it('reads decoded gRPC messages, whole and streamed', () => {
    const whole = { status: 200, messages: [message('Hello', 'REASON_STOP')] }
    const streamed = { status: 200, messages: [message('Hel'), message('lo', 'REASON_STOP')] }
    assert.deepEqual(digest(whole, { api: 'grpc' }), digest(streamed, { api: 'grpc' }))
    const failed = {
      status: 200,
      messages: [],
      trailers: { 'grpc-status': '8', 'grpc-message': 'too%20fast' },
    }
    assert.deepEqual(digest(failed, { api: 'grpc' }).error, { type: '8', message: 'too fast' })
  })

  it('has a choice for each answer of a realtime session', () => {
    const turn = (said: string): never[] =>
      [
        { type: 'response.created' },
        {
          type: 'response.done',
          response: { status: 'completed', output: [{ type: 'message', content: [{ text: said }] }] },
        },
      ] as never[]
    const session = (...texts: string[]): DriftResponse => ({ status: 101, messages: texts.flatMap(turn) })
    assert.deepEqual(
      digest(session('a', 'b'), { api: 'websocket' }).choices.map((choice) => [choice.text, choice.finish]),
      [
        ['a', 'stop'],
        ['b', 'stop'],
      ],
    )
    assert.deepEqual(told(session('a', 'b'), session('a'), 'websocket'), ['regression choices choices'])
  })
})
