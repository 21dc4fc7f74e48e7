import type { Handler } from '../helpers/server.ts'

const COMPLETION = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'gpt-5-mini',
  choices: [{ index: 0, message: { role: 'assistant', content: 'hello' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
}
const MESSAGE = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-sonnet-5',
  content: [{ type: 'text', text: 'hello' }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 1, output_tokens: 1 },
}

const CHAT = { model: 'gpt-5-mini', message: { role: 'assistant', content: 'hello' }, done: true }
const ANSWERS: ReadonlyArray<readonly [pathEnd: string, answer: object]> = [
  ['/chat/completions', COMPLETION],
  ['/messages', MESSAGE],
  ['/api/chat', CHAT],
]

/** Answers `hello` in the format of OpenAI's chat completions, Anthropic's messages or Ollama's chat. */
export const answerAsProvider: Handler = (request, response) => {
  const [, answer] = ANSWERS.find(([pathEnd]) => request.path.endsWith(pathEnd)) ?? []
  response.writeHead(answer ? 200 : 404, { 'content-type': 'application/json' })
  response.end(JSON.stringify(answer ?? { error: `no ${request.path} here` }))
}
