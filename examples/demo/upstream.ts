import http from 'node:http'
import type { ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { ANSWERS } from './answers.ts'

export interface Provider {
  /** `http://127.0.0.1:PORT` */
  readonly url: string
  readonly stop: () => Promise<void>
}

interface ChatBody {
  readonly model: string
  readonly stream?: boolean
  readonly tools?: readonly unknown[]
  readonly messages: ReadonlyArray<{ readonly role: string }>
}

const THINKING_MS = 350
const TOKEN_MS = 28

/** Starts a provider on loopback. It answers like OpenAI and Anthropic, about as slowly as the real ones. */
export async function startProvider(): Promise<Provider> {
  const server = http.createServer((request, response) => {
    void answer(request, response)
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function answer(request: http.IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const body = JSON.parse(Buffer.concat(chunks).toString()) as ChatBody
  await sleep(THINKING_MS)
  if (request.url === '/v1/messages') await anthropicStream(body, response)
  else if (body.stream) await openaiStream(body, response)
  else openaiJson(body, response)
}

function openaiJson({ model, tools, messages }: ChatBody, response: ServerResponse): void {
  const asksForTool = tools !== undefined && messages.at(-1)?.role === 'user'
  const message = asksForTool
    ? {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'call_7Kx2', type: 'function', function: ANSWERS.toolCall }],
      }
    : { role: 'assistant', content: tools === undefined ? ANSWERS.short : ANSWERS.afterTool, refusal: null }
  const completion = {
    id: 'chatcmpl-CfDemo1',
    object: 'chat.completion',
    created: 1_795_248_000,
    model,
    choices: [{ index: 0, message, logprobs: null, finish_reason: asksForTool ? 'tool_calls' : 'stop' }],
    usage: { prompt_tokens: 21, completion_tokens: 18, total_tokens: 39 },
  }
  response.writeHead(200, { 'content-type': 'application/json', 'openai-processing-ms': String(THINKING_MS) })
  response.end(JSON.stringify(completion))
}

async function openaiStream({ model }: ChatBody, response: ServerResponse): Promise<void> {
  const event = (delta: object, finish_reason: string | null = null): string => {
    const choices = [{ index: 0, delta, finish_reason }]
    const chunk = {
      id: 'chatcmpl-CfDemo2',
      object: 'chat.completion.chunk',
      created: 1_795_248_003,
      model,
      choices,
    }
    return `data: ${JSON.stringify(chunk)}\n\n`
  }
  const events = [
    event({ role: 'assistant', content: '' }),
    ...tokens(ANSWERS.streamed).map((content) => event({ content })),
    event({}, 'stop'),
    'data: [DONE]\n\n',
  ]
  await send(events, response)
}

async function anthropicStream({ model }: ChatBody, response: ServerResponse): Promise<void> {
  const event = (type: string, rest: object): string =>
    `event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}\n\n`
  const message = {
    id: 'msg_01Demo',
    type: 'message',
    role: 'assistant',
    model,
    content: [],
    stop_reason: null,
  }
  const events = [
    event('message_start', { message: { ...message, usage: { input_tokens: 24, output_tokens: 1 } } }),
    event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
    ...tokens(ANSWERS.haiku).map((text) =>
      event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } }),
    ),
    event('content_block_stop', { index: 0 }),
    event('message_delta', {
      delta: { stop_reason: 'end_turn', stop_sequence: null },
      usage: { output_tokens: 23 },
    }),
    event('message_stop', {}),
  ]
  await send(events, response)
}

async function send(events: readonly string[], response: ServerResponse): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' })
  for (const event of events) {
    response.write(event)
    await sleep(TOKEN_MS)
  }
  response.end()
}

function tokens(text: string): string[] {
  return text.match(/\S+\s*/g) ?? []
}
