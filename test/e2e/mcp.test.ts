import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'

import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import {
  type CallToolResult,
  CreateMessageRequestSchema,
  LoggingMessageNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js'

import { type CassetteOptions, withCassette } from '../../src/index.ts'
import { testBench } from '../helpers/cassette-folder.ts'
import { type McpTestServer, startMcpServer } from '../helpers/mcp-server.ts'

interface Connected {
  readonly client: Client
  /** What the server told or asked of its own accord, in order, and what was done, as the program saw it. */
  readonly log: string[]
  call(tool: string, said: string): Promise<string>
}

const streamable = (url: string): Transport => new StreamableHTTPClientTransport(new URL(`${url}/mcp`))
const TRANSPORTS: Readonly<Record<string, (url: string) => Transport>> = {
  // oxlint-disable-next-line typescript/no-deprecated -- servers that speak only MCP over SSE are still in use
  SSE: (url) => new SSEClientTransport(new URL(`${url}/sse`)),
  'streamable HTTP': streamable,
}

async function connect(transport: Transport, name = 'client'): Promise<Connected> {
  const log: string[] = []
  const client = new Client({ name, version: '1.0.0' }, { capabilities: { sampling: {} } })
  client.setRequestHandler(CreateMessageRequestSchema, ({ params }) => {
    const [message] = params.messages
    const asked = message && 'text' in message.content ? message.content.text : ''
    log.push(`asked ${asked}`)
    return { role: 'assistant', model: 'm', content: { type: 'text', text: `${name} thinks of ${asked}` } }
  })
  client.setNotificationHandler(
    LoggingMessageNotificationSchema,
    ({ params }) => void log.push(`told ${String(params.data)}`),
  )
  await client.connect(transport)
  return {
    client,
    log,
    async call(tool, said) {
      log.push(`calls ${tool} ${said}`)
      const onprogress = ({ progress }: { progress: number }): void =>
        void log.push(`progress ${said} ${progress}`)
      const options = tool === 'slow' ? { onprogress } : {}
      const { content } = (await client.callTool(
        { name: tool, arguments: { said } },
        undefined,
        options,
      )) as CallToolResult
      const [first] = content
      const answer = first?.type === 'text' ? first.text : ''
      log.push(answer)
      return answer
    },
  }
}

describe('an MCP client', () => {
  const bench = testBench((_, response) => {
    response.end()
  })
  const servers: McpTestServer[] = []
  const stop = async (): Promise<void> => {
    for (const server of servers.splice(0)) await server.close()
  }
  afterEach(stop)
  const record = <T>(fn: () => Promise<T>) => withCassette(bench.path(), { mode: 'once' }, fn)
  const replay = <T>(fn: () => Promise<T>, options: CassetteOptions = {}) =>
    withCassette(bench.path(), { mode: 'none', ...options }, fn)
  async function start(options: { json?: boolean } = {}): Promise<string> {
    const server = await startMcpServer(options)
    servers.push(server)
    return server.url
  }

  for (const [name, transport] of Object.entries(TRANSPORTS))
    describe(`over ${name}`, () => {
      const conversation = async (url: string, thinkMs: number): Promise<readonly string[]> => {
        const { client, log, call } = await connect(transport(url))
        for (const [tool, said] of [
          ['echo', 'one'],
          ['slow', 'two'],
          ['tell', 'three'],
          ['think', 'four'],
          ['ask', 'five'],
          ['echo', 'six'],
        ] as const) {
          await sleep(thinkMs)
          await call(tool, said)
        }
        await client.close()
        return log
      }

      it('gets answers, progress, notifications and questions in their order', async () => {
        const url = await start()
        const live = await record(() => conversation(url, 0))
        assert.equal(live.filter((line) => /^asked (?:four|five)$/.test(line)).length, 2)
        await stop()
        for (const timing of ['instant', 'recorded'] as const)
          assert.deepEqual(await replay(() => conversation(url, 30), { timing }), live)
      })

      it('is told apart from another one at the same time', async () => {
        const url = await start()
        const both = async (thinkMs: readonly number[]): Promise<readonly (readonly string[])[]> => {
          const clients = [await connect(transport(url), 'a'), await connect(transport(url), 'b')]
          await Promise.all(
            clients.map(async ({ call }, at) => {
              for (const tool of ['think', 'slow', 'think']) {
                await sleep(thinkMs[at])
                await call(tool, `${tool} ${at}`)
              }
            }),
          )
          await Promise.all(clients.map(({ client }) => client.close()))
          return clients.map(({ log }) => log)
        }
        const live = await record(() => both([3, 5]))
        await stop()
        for (const think of [
          [30, 3],
          [3, 30],
          [0, 0],
        ])
          assert.deepEqual(await replay(() => both(think)), live)
      })
    })

  it('over streamable HTTP with JSON answers gets them in their order', async () => {
    const url = await start({ json: true })
    const conversation = async (): Promise<readonly string[]> => {
      const { client, log, call } = await connect(streamable(url))
      for (const said of ['one', 'two']) await call('echo', said)
      await client.close()
      return log
    }
    const live = await record(conversation)
    await stop()
    assert.deepEqual(await replay(conversation), live)
  })
})
