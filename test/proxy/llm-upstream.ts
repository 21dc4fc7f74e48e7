import type { Handler } from '../helpers/server.ts'

const WORDS = ['Grüße ', 'aus ', 'Köln €']

const openaiChunk = (content: string): string =>
  `data: ${JSON.stringify({
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'gpt-5-mini',
    choices: [{ index: 0, delta: { content }, finish_reason: null }],
  })}\n\n`

const event = (type: string, more: object): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`

const MESSAGE = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-sonnet-5',
  stop_reason: null,
  stop_sequence: null,
  usage: { input_tokens: 1, output_tokens: 1 },
}

const anthropicStream = (): string[] => [
  event('message_start', { message: { ...MESSAGE, content: [] } }),
  event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
  ...WORDS.map((text) => event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } })),
  event('content_block_stop', { index: 0 }),
  event('message_delta', {
    delta: { stop_reason: 'end_turn', stop_sequence: null },
    usage: { output_tokens: 3 },
  }),
  event('message_stop', {}),
]

/** Answers like OpenAI's chat completions and Anthropic's messages, whole or as a stream. */
export const llmUpstream: Handler = async (request, response) => {
  const asked = JSON.parse(request.body.toString() || '{}') as { stream?: boolean }
  const isOpenAi = request.path.endsWith('/chat/completions')
  if (asked.stream === true) {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const part of isOpenAi ? [...WORDS.map(openaiChunk), 'data: [DONE]\n\n'] : anthropicStream())
      response.write(part)
    response.end()
    return
  }
  const text = WORDS.join('')
  const answer = isOpenAi
    ? {
        id: 'chatcmpl-1',
        object: 'chat.completion',
        created: 1,
        model: 'gpt-5-mini',
        choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }],
      }
    : { ...MESSAGE, content: [{ type: 'text', text }], stop_reason: 'end_turn' }
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify(answer))
}
