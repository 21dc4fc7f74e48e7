import assert from 'node:assert/strict'

import { apiOf } from '../../src/snapshot/api-of.ts'
import { digestOfValue, readFetchResponse } from '../../src/snapshot/answer.ts'
import { regressionOf, storable } from '../../src/snapshot/compare.ts'
import { parseSnapshots, renderSnapshots, snapshotPath } from '../../src/snapshot/file.ts'

const CALL = { name: 'weather', arguments: { city: 'Oslo' } }
const json = JSON.stringify(CALL.arguments)

/** The same call of a tool, as each API says it. */
const ANSWERS: Readonly<Record<string, unknown>> = {
  'openai-chat': {
    choices: [
      { message: { tool_calls: [{ function: { ...CALL, arguments: json } }] }, finish_reason: 'tool_calls' },
    ],
  },
  'openai-responses': {
    object: 'response',
    status: 'completed',
    output: [{ type: 'function_call', name: CALL.name, arguments: json, call_id: 'c' }],
  },
  'anthropic-messages': {
    type: 'message',
    role: 'assistant',
    content: [{ type: 'tool_use', id: 'c', name: CALL.name, input: CALL.arguments }],
    stop_reason: 'tool_use',
  },
  gemini: {
    candidates: [
      {
        content: { parts: [{ functionCall: { name: CALL.name, args: CALL.arguments } }] },
        finishReason: 'STOP',
      },
    ],
  },
  'bedrock-converse': {
    output: {
      message: { content: [{ toolUse: { toolUseId: 'c', name: CALL.name, input: CALL.arguments } }] },
    },
    stopReason: 'tool_use',
  },
  'cohere-chat': {
    message: { tool_calls: [{ function: { ...CALL, arguments: json } }] },
    finish_reason: 'TOOL_CALL',
  },
  'ollama-chat': {
    message: { content: '', tool_calls: [{ function: CALL }] },
    done: true,
    done_reason: 'stop',
  },
}

describe('the answer of an LLM snapshot', () => {
  for (const [api, answer] of Object.entries(ANSWERS))
    it(`of ${api} is told by its shape, as a value and as a text`, () => {
      assert.equal(apiOf(answer), api)
      const [digest, ofText] = [digestOfValue(answer), digestOfValue(JSON.stringify(answer))]
      assert.deepEqual(digest.choices[0]?.tool_calls, [CALL])
      assert.equal(digest.choices[0]?.finish, 'tool_calls')
      assert.deepEqual(ofText, digest)
    })

  it('may be the events of a stream, in a list or as text', () => {
    const events = [
      { choices: [{ index: 0, delta: { content: 'Par' } }] },
      { choices: [{ index: 0, delta: { content: 'is.' }, finish_reason: 'stop' }] },
    ]
    const text = events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('') + 'data: [DONE]\n\n'
    const whole = digestOfValue({ choices: [{ message: { content: 'Paris.' }, finish_reason: 'stop' }] })
    assert.deepEqual(digestOfValue(events).choices, whole.choices)
    assert.deepEqual(digestOfValue(text).choices, whole.choices)
    assert.equal(whole.choices[0]?.text, 'Paris.')
  })

  it('may be the result of generateText, whose fields are getters', () => {
    class Result {
      get text(): string {
        return ''
      }
      get toolCalls(): unknown[] {
        return [{ toolCallId: 'c', toolName: CALL.name, input: CALL.arguments }]
      }
      get finishReason(): string {
        return 'tool-calls'
      }
    }
    const { choices } = digestOfValue(new Result())
    assert.deepEqual([choices[0]?.tool_calls, choices[0]?.finish], [[CALL], 'tool_calls'])
  })

  it('keeps an error status', () => {
    const body = JSON.stringify({ error: { type: 'rate_limit', message: 'slow down' } })
    const digest = digestOfValue({ status: 429, headers: { 'content-type': 'application/json' }, body })
    assert.deepEqual([digest.ok, digest.error?.type], [false, 'rate_limit'])
  })

  it('is refused with the reason if it is no answer, or was read already', async () => {
    for (const wrong of [undefined, null, 7])
      assert.throws(() => digestOfValue(wrong), /expected to be a response/)
    const response = new Response('{}')
    await response.text()
    await assert.rejects(readFetchResponse(response), /whose body has not been read yet/)
  })
})

describe('the file of LLM snapshots', () => {
  it('is beside the cassette, and is read as it was written, without secrets', () => {
    assert.equal(snapshotPath('cassettes/a.test.js/x.yaml'), 'cassettes/a.test.js/x.snapshot.json')
    const answer = { choices: [{ message: { content: 'the key is S3CRET' }, finish_reason: 'stop' }] }
    const digest = storable(digestOfValue(answer), (text) => text.replace('S3CRET', '***'))
    const text = renderSnapshots(new Map([['1', digest]]))
    assert.doesNotMatch(text, /S3CRET/)
    const read = parseSnapshots(text)
    assert.ok(!('problem' in read))
    assert.deepEqual(read.get('1'), digest)
    assert.equal(regressionOf(digest, digest, true), undefined)
  })

  it('is refused with the place that is wrong', () => {
    const problems = [
      '{',
      '{}',
      '{"version": 2, "snapshots": {}}',
      '{"version": 1, "snapshots": {"a": {}}}',
    ].map((text) => {
      const parsed = parseSnapshots(text)
      return 'problem' in parsed ? parsed.problem : undefined
    })
    assert.match(problems[0] ?? '', /is not JSON/)
    assert.match(problems[1] ?? '', /is not \{"version": 1/)
    assert.match(problems[2] ?? '', /is not \{"version": 1/)
    assert.match(problems[3] ?? '', /no digest for snapshots\["a"\]/)
  })
})
