import type { DriftResponse } from '../../src/drift.ts'
import { renderFrame } from '../../src/exchange/wire/eventstream-frame.ts'

/** What a made-up answer says. */
export interface Said {
  readonly text: string
  readonly calls: readonly { readonly name: string; readonly arguments: object }[]
  /** It stopped at the token limit. */
  readonly limit?: boolean
  /** The stream ends before its last events. */
  readonly cut?: boolean
}

interface Answers {
  readonly hasCalls: boolean
  whole(said: Said): DriftResponse
  stream(said: Said): DriftResponse
}

const json = (body: unknown): DriftResponse => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})

const sse = (events: readonly unknown[]): DriftResponse => ({
  status: 200,
  headers: { 'content-type': 'text/event-stream' },
  body: events
    .map((data) => `: hello\ndata: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`)
    .join(''),
})

const lines = (records: readonly unknown[]): DriftResponse => ({
  status: 200,
  headers: { 'content-type': 'application/x-ndjson' },
  body: records.map((record) => `${JSON.stringify(record)}\n`).join(''),
})

/** In pieces of a few characters, an emoji or a number possibly among two. */
const pieces = (text: string): string[] => text.match(/[^]{1,5}/g) ?? []
const args = (value: object): string => JSON.stringify(value)

const openaiChat: Answers = {
  hasCalls: true,
  whole: ({ text, calls, limit }) =>
    json({
      choices: [
        {
          index: 0,
          message: {
            content: text,
            tool_calls: calls.map((call, at) => ({
              id: `call_${at}`,
              function: { name: call.name, arguments: args(call.arguments) },
            })),
          },
          finish_reason: limit ? 'length' : calls.length > 0 ? 'tool_calls' : 'stop',
        },
      ],
    }),
  stream: ({ text, calls, cut }) => {
    const delta = (value: object, finish: string | null = null): object => ({
      choices: [{ index: 0, delta: value, finish_reason: finish }],
    })
    const events: unknown[] = [
      ...pieces(text).map((content) => delta({ content })),
      ...calls.flatMap((call, index) => [
        delta({ tool_calls: [{ index, id: `c${index}`, function: { name: call.name, arguments: '' } }] }),
        ...pieces(args(call.arguments)).map((part) =>
          delta({ tool_calls: [{ index, function: { arguments: part } }] }),
        ),
      ]),
    ]
    return sse(cut ? events : [...events, delta({}, calls.length > 0 ? 'tool_calls' : 'stop'), '[DONE]'])
  },
}

const responsesBody = ({ text, calls, limit }: Said): object => ({
  object: 'response',
  status: limit ? 'incomplete' : 'completed',
  incomplete_details: limit ? { reason: 'max_output_tokens' } : null,
  output: [
    { type: 'reasoning', encrypted_content: 'x', summary: [] },
    ...(text === '' ? [] : [{ type: 'message', content: [{ type: 'output_text', text }] }]),
    ...calls.map((call) => ({ type: 'function_call', name: call.name, arguments: args(call.arguments) })),
  ],
})

const openaiResponses: Answers = {
  hasCalls: true,
  whole: (said) => json(responsesBody(said)),
  stream: (said) => {
    const events: object[] = [
      { type: 'response.created', response: { status: 'in_progress', output: [] } },
      ...pieces(said.text).map((delta) => ({ type: 'response.output_text.delta', output_index: 0, delta })),
    ]
    return sse(said.cut ? events : [...events, { type: 'response.completed', response: responsesBody(said) }])
  },
}

const anthropic: Answers = {
  hasCalls: true,
  whole: ({ text, calls, limit }) =>
    json({
      type: 'message',
      content: [
        ...(text === '' ? [] : [{ type: 'text', text }]),
        ...calls.map((call) => ({ type: 'tool_use', id: 't', name: call.name, input: call.arguments })),
      ],
      stop_reason: limit ? 'max_tokens' : calls.length > 0 ? 'tool_use' : 'end_turn',
    }),
  stream: ({ text, calls, cut }) => {
    const delta = (index: number, value: object): object => ({
      type: 'content_block_delta',
      index,
      delta: value,
    })
    const events: object[] = [
      { type: 'message_start', message: { content: [] } },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      ...pieces(text).map((part) => delta(0, { type: 'text_delta', text: part })),
      ...calls.flatMap((call, at) => [
        {
          type: 'content_block_start',
          index: at + 1,
          content_block: { type: 'tool_use', name: call.name, id: `t${at}`, input: {} },
        },
        ...pieces(args(call.arguments)).map((part) =>
          delta(at + 1, { type: 'input_json_delta', partial_json: part }),
        ),
      ]),
    ]
    const end = { type: 'message_delta', delta: { stop_reason: calls.length > 0 ? 'tool_use' : 'end_turn' } }
    return sse(cut ? events : [...events, end, { type: 'message_stop' }])
  },
}

const candidate = (parts: readonly object[], finishReason?: string): object => ({
  candidates: [{ index: 0, content: { parts }, ...(finishReason === undefined ? {} : { finishReason }) }],
})
const functionCalls = ({ calls }: Said): object[] =>
  calls.map((call) => ({ functionCall: { name: call.name, args: call.arguments } }))

const gemini: Answers = {
  hasCalls: true,
  whole: (said) =>
    json(candidate([{ text: said.text }, ...functionCalls(said)], said.limit ? 'MAX_TOKENS' : 'STOP')),
  stream: (said) => {
    const chunks = [
      ...pieces(said.text).map((text) => candidate([{ text }])),
      ...functionCalls(said).map((part) => candidate([part])),
    ]
    return json(said.cut ? chunks : [...chunks, candidate([], 'STOP')])
  },
}

const bedrockConverse: Answers = {
  hasCalls: true,
  whole: ({ text, calls, limit }) =>
    json({
      output: {
        message: {
          content: [
            { text },
            ...calls.map((call) => ({ toolUse: { name: call.name, input: call.arguments, toolUseId: 'x' } })),
          ],
        },
      },
      stopReason: limit ? 'max_tokens' : calls.length > 0 ? 'tool_use' : 'end_turn',
    }),
  stream: ({ text, calls, cut }) => {
    const frame = (name: string, payload: object): Buffer =>
      renderFrame(
        { ':event-type': name, ':content-type': 'application/json', ':message-type': 'event' },
        Buffer.from(JSON.stringify({ ...payload, p: 'abcdef' })),
      )
    const frames = [
      frame('messageStart', { role: 'assistant' }),
      ...pieces(text).map((part) =>
        frame('contentBlockDelta', { contentBlockIndex: 0, delta: { text: part } }),
      ),
      ...calls.flatMap((call, at) => [
        frame('contentBlockStart', {
          contentBlockIndex: at + 1,
          start: { toolUse: { name: call.name, toolUseId: `u${at}` } },
        }),
        ...pieces(args(call.arguments)).map((input) =>
          frame('contentBlockDelta', { contentBlockIndex: at + 1, delta: { toolUse: { input } } }),
        ),
      ]),
      ...(cut ? [] : [frame('messageStop', { stopReason: calls.length > 0 ? 'tool_use' : 'end_turn' })]),
    ]
    const headers = { 'content-type': 'application/vnd.amazon.eventstream' }
    return { status: 200, headers, body: Buffer.concat(frames) }
  },
}

const cohere: Answers = {
  hasCalls: true,
  whole: ({ text, calls, limit }) =>
    json({
      message: {
        content: [{ type: 'text', text }],
        tool_calls: calls.map((call) => ({ function: { name: call.name, arguments: args(call.arguments) } })),
      },
      finish_reason: limit ? 'MAX_TOKENS' : calls.length > 0 ? 'TOOL_CALL' : 'COMPLETE',
    }),
  stream: ({ text, calls, cut }) => {
    const events: object[] = [
      { type: 'message-start' },
      ...pieces(text).map((part) => ({
        type: 'content-delta',
        index: 0,
        delta: { message: { content: { text: part } } },
      })),
      ...calls.flatMap((call, index) => [
        {
          type: 'tool-call-start',
          index,
          delta: {
            message: { tool_calls: { id: `c${index}`, function: { name: call.name, arguments: '' } } },
          },
        },
        ...pieces(args(call.arguments)).map((part) => ({
          type: 'tool-call-delta',
          index,
          delta: { message: { tool_calls: { function: { arguments: part } } } },
        })),
      ]),
    ]
    const finish = { finish_reason: calls.length > 0 ? 'TOOL_CALL' : 'COMPLETE' }
    return sse(cut ? events : [...events, { type: 'message-end', delta: finish }])
  },
}

const ollama: Answers = {
  hasCalls: true,
  whole: ({ text, calls, limit }) =>
    json({
      message: { content: text, tool_calls: calls.map((call) => ({ function: call })) },
      done: true,
      done_reason: limit ? 'length' : 'stop',
    }),
  stream: ({ text, calls, cut }) => {
    const records = [
      ...pieces(text).map((content) => ({ message: { content }, done: false })),
      ...calls.map((call) => ({ message: { content: '', tool_calls: [{ function: call }] }, done: false })),
    ]
    return lines(cut ? records : [...records, { message: { content: '' }, done: true, done_reason: 'stop' }])
  },
}

const tgi: Answers = {
  hasCalls: false,
  whole: ({ text, limit }) =>
    json({ generated_text: text, details: { finish_reason: limit ? 'length' : 'eos_token' } }),
  stream: ({ text, cut }) => {
    const tokens: object[] = pieces(text).map((part) => ({ token: { text: part, special: false } }))
    const end = {
      token: { text: '</s>', special: true },
      generated_text: text,
      details: { finish_reason: 'eos_token' },
    }
    return sse(cut ? tokens : [...tokens, end])
  },
}

const ANSWERS: Readonly<Record<string, Answers>> = {
  'openai-chat': openaiChat,
  'openai-responses': openaiResponses,
  'anthropic-messages': anthropic,
  'bedrock-invoke': anthropic,
  gemini,
  'bedrock-converse': bedrockConverse,
  'cohere-chat': cohere,
  'ollama-chat': ollama,
  tgi,
}

export const APIS = Object.keys(ANSWERS)

export const answersOf = (api: string): Answers => {
  const answers = ANSWERS[api]
  if (answers === undefined) throw new Error(`no answers of ${api}`)
  return answers
}
