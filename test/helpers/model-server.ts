import type { JsonObject } from '../../src/providers/json/json.ts'
import { startServer, type TestServer } from './server.ts'

/** What a made-up model says: a text, a call of a tool, or an answer with a status. */
export type Says =
  | { readonly text: string }
  | { readonly call: string; readonly arguments: object }
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: object }

export interface AskedModel {
  readonly path: string
  readonly body: JsonObject
  /** The last text that the user said. */
  readonly question: string
}

export interface ModelServer extends TestServer {
  readonly asked: readonly AskedModel[]
  /** The most requests that were under way at once. */
  readonly most: number
}

/** A server with the APIs of OpenAI (Chat and embeddings) and Anthropic, in front of one made-up model. */
export async function startModel(
  says: (asked: AskedModel, count: number) => Says | Promise<Says>,
): Promise<ModelServer> {
  const asked: AskedModel[] = []
  let underWay = 0
  let most = 0
  const server = await startServer(async ({ path, body: bytes }, response) => {
    underWay += 1
    most = Math.max(most, underWay)
    const body = JSON.parse(bytes.toString()) as JsonObject
    const one = { path, body, question: questionIn(body) }
    asked.push(one)
    const said = await says(one, asked.length)
    underWay -= 1
    const status = 'status' in said ? said.status : 200
    const headers = 'status' in said ? (said.headers ?? {}) : {}
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    if ('status' in said)
      response.end(JSON.stringify(said.body ?? { error: { type: 'made_up', message: 'no' } }))
    else response.end(JSON.stringify(path.endsWith('/messages') ? anthropic(said) : chat(said)))
  })
  return {
    ...server,
    asked,
    get most() {
      return most
    },
  }
}

function questionIn(body: JsonObject): string {
  const messages = (body['messages'] ?? []) as readonly { role: string; content: unknown }[]
  const content = messages.findLast(({ role }) => role === 'user')?.content
  return typeof content === 'string' ? content : JSON.stringify(content ?? body['input'] ?? '')
}

type Said = Exclude<Says, { status: number }>

const chat = (said: Said): object => ({
  id: 'chatcmpl-1',
  choices: [
    {
      index: 0,
      message:
        'text' in said
          ? { role: 'assistant', content: said.text }
          : {
              role: 'assistant',
              content: null,
              tool_calls: [
                {
                  id: 'call_x',
                  type: 'function',
                  function: { name: said.call, arguments: JSON.stringify(said.arguments) },
                },
              ],
            },
      finish_reason: 'text' in said ? 'stop' : 'tool_calls',
    },
  ],
  usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
})

const anthropic = (said: Said): object => ({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  content: [
    'text' in said
      ? { type: 'text', text: said.text }
      : { type: 'tool_use', id: 'toolu_x', name: said.call, input: said.arguments },
  ],
  stop_reason: 'text' in said ? 'end_turn' : 'tool_use',
  usage: { input_tokens: 12, output_tokens: 7 },
})
