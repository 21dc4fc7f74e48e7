import { crc32 } from 'node:zlib'
import type { Dialect } from './types.ts'

/** The text of every answer. Its characters are easily split in the middle. */
const WORDS = ['Grüße ', '€ 😀 ', 'こんにちは ', 'end.']
const TEXT = WORDS.join('')

const json = (value: unknown): string => JSON.stringify(value)
const openai = (message: object, finish: string | null, chunk: boolean): object => ({
  id: 'chatcmpl-1',
  object: chunk ? 'chat.completion.chunk' : 'chat.completion',
  created: 1,
  model: 'gpt-5-mini',
  choices: [{ index: 0, ...message, finish_reason: finish }],
  ...(chunk ? {} : { usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 } }),
})
const gemini = (text: string): object => ({
  candidates: [{ index: 0, content: { role: 'model', parts: [{ text }] }, finishReason: 'STOP' }],
  modelVersion: 'gemini-3',
})
const anthropic = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-sonnet-5',
  stop_sequence: null,
}

/** One complete answer, as JSON. */
export function wholeAnswer(dialect: Dialect): string {
  const usage = { input_tokens: 1, output_tokens: 1 }
  switch (dialect) {
    case 'openai':
    case 'mistral':
      return json(openai({ message: { role: 'assistant', content: TEXT } }, 'stop', false))
    case 'anthropic':
      return json({ ...anthropic, content: [{ type: 'text', text: TEXT }], stop_reason: 'end_turn', usage })
    case 'gemini':
      return json(gemini(TEXT))
    case 'cohere':
      return json({
        id: '1',
        finish_reason: 'COMPLETE',
        message: { role: 'assistant', content: [{ type: 'text', text: TEXT }] },
      })
    case 'ollama':
      return json({
        model: 'llama',
        created_at: '1',
        message: { role: 'assistant', content: TEXT },
        done: true,
      })
    case 'bedrock':
      return json({
        output: { message: { role: 'assistant', content: [{ text: TEXT }] } },
        stopReason: 'end_turn',
        usage: { inputTokens: 1, outputTokens: 1, totalTokens: 2 },
        metrics: { latencyMs: 1 },
      })
    default:
      return '{ "text":"Grüße €", "n": 1.0, "list":[1,2,{"a":null}] }\n'
  }
}

type Event = readonly [event: string | undefined, data: string]

function events(dialect: Dialect): Event[] {
  switch (dialect) {
    case 'openai':
    case 'mistral':
      return [
        ...WORDS.map((content): Event => [undefined, json(openai({ delta: { content } }, null, true))]),
        [undefined, json(openai({ delta: {} }, 'stop', true))],
        [undefined, '[DONE]'],
      ]
    case 'anthropic': {
      const event = (data: { type: string } & Record<string, unknown>): Event => [data.type, json(data)]
      const usage = { input_tokens: 1, output_tokens: 1 }
      return [
        event({ type: 'message_start', message: { ...anthropic, content: [], stop_reason: null, usage } }),
        event({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
        ...WORDS.map((text) =>
          event({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }),
        ),
        event({ type: 'content_block_stop', index: 0 }),
        event({ type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage }),
        event({ type: 'message_stop' }),
      ]
    }
    case 'gemini':
      return WORDS.map((text) => [undefined, json(gemini(text))])
    case 'cohere': {
      const event = (data: { type: string } & Record<string, unknown>): Event => [data.type, json(data)]
      return [
        event({ type: 'message-start', id: '1', delta: { message: { role: 'assistant' } } }),
        event({
          type: 'content-start',
          index: 0,
          delta: { message: { content: { type: 'text', text: '' } } },
        }),
        ...WORDS.map((text) =>
          event({ type: 'content-delta', index: 0, delta: { message: { content: { text } } } }),
        ),
        event({ type: 'content-end', index: 0 }),
        event({ type: 'message-end', delta: { finish_reason: 'COMPLETE' } }),
      ]
    }
    default:
      return [
        ['greeting', '{"text": "Grüße"}'],
        [undefined, 'one line\nand a second €'],
        ['end', ''],
      ]
  }
}

const sse = (list: readonly Event[]): string =>
  list
    .map(([event, data]) => {
      const lines = data.split('\n').map((line) => `data: ${line}\n`)
      return `${event === undefined ? '' : `event: ${event}\n`}${lines.join('')}\n`
    })
    .join('')

/** A frame of Amazon's event stream: the lengths, their checksum, headers, payload, and a checksum of everything. */
function frame(type: string, payload: string): Buffer {
  const header = (name: string, value: string): Buffer =>
    Buffer.concat([
      Buffer.from([name.length]),
      Buffer.from(name),
      Buffer.from([7, value.length >> 8, value.length & 0xff]),
      Buffer.from(value),
    ])
  const headers = Buffer.concat([
    header(':message-type', 'event'),
    header(':event-type', type),
    header(':content-type', 'application/json'),
  ])
  const body = Buffer.from(payload)
  const prelude = Buffer.alloc(8)
  prelude.writeUInt32BE(16 + headers.length + body.length, 0)
  prelude.writeUInt32BE(headers.length, 4)
  const number = (value: number): Buffer => {
    const bytes = Buffer.alloc(4)
    bytes.writeUInt32BE(value)
    return bytes
  }
  const all = Buffer.concat([prelude, number(crc32(prelude)), headers, body])
  return Buffer.concat([all, number(crc32(all))])
}

export const eventStream = (): Buffer =>
  Buffer.concat([
    frame('messageStart', json({ role: 'assistant' })),
    ...WORDS.map((text) => frame('contentBlockDelta', json({ contentBlockIndex: 0, delta: { text } }))),
    frame('contentBlockStop', json({ contentBlockIndex: 0 })),
    frame('messageStop', json({ stopReason: 'end_turn' })),
  ])

export interface Streamed {
  readonly type: string
  readonly parts: readonly Buffer[]
}

/** The answer as a stream in this dialect: one part for each event. */
export function streamedAnswer(dialect: Dialect): Streamed {
  if (dialect === 'bedrock') return { type: 'application/vnd.amazon.eventstream', parts: [eventStream()] }
  if (dialect === 'ollama') {
    const lines = WORDS.map((content, i) =>
      json({
        model: 'llama',
        created_at: '1',
        message: { role: 'assistant', content },
        done: i === WORDS.length - 1,
      }),
    )
    return { type: 'application/x-ndjson', parts: lines.map((line) => Buffer.from(`${line}\n`)) }
  }
  const parts = events(dialect).map((event) => Buffer.from(sse([event])))
  return { type: 'text/event-stream', parts }
}

export const isSse = (dialect: Dialect): boolean => dialect !== 'bedrock' && dialect !== 'ollama'
