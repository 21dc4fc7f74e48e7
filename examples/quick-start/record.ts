/**
 * Makes cassettes/capital.yaml, which the README's quick start replays. The provider of the demo answers instead of
 * OpenAI, and the recorded address is replaced by the real one. Run it by hand: node examples/quick-start/record.ts
 */
import http from 'node:http'
import type { AddressInfo } from 'node:net'

import OpenAI from 'openai'

import { withCassette } from '../../src/index.ts'

const answer = {
  id: 'chatcmpl-quickstart',
  object: 'chat.completion',
  created: 1_790_000_000,
  model: 'gpt-5-mini',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Paris.' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 14, completion_tokens: 2, total_tokens: 16 },
}

const server = http.createServer((request, response) => {
  request.resume()
  response.sendDate = false
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
})
await new Promise<void>((resolve) => {
  server.listen(0, '127.0.0.1', resolve)
})
const { port } = server.address() as AddressInfo

const client = new OpenAI({ apiKey: 'none', baseURL: `http://127.0.0.1:${port}/v1` })
await withCassette(
  'cassettes/capital.yaml',
  {
    mode: 'all',
    beforeRecord: (exchange) => ({
      ...exchange,
      request: { ...exchange.request, url: 'https://api.openai.com/v1/chat/completions' },
    }),
  },
  () =>
    client.chat.completions.create({
      model: 'gpt-5-mini',
      messages: [{ role: 'user', content: 'What is the capital of France? One word.' }],
    }),
)
server.close()
server.closeAllConnections()
