import { once } from 'node:events'
import { randomUUID } from 'node:crypto'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { SSEServerTransport } from '@modelcontextprotocol/sdk/server/sse.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import { CreateMessageResultSchema } from '@modelcontextprotocol/sdk/types.js'
import { z } from 'zod'

export interface McpTestServer {
  /** `http://127.0.0.1:PORT`: `/sse` speaks MCP over SSE, `/mcp` streamable HTTP. */
  readonly url: string
  close(): Promise<void>
}

const text = (said: string) => ({ content: [{ type: 'text' as const, text: said }] })

/** Tools that answer, tell progress, send a notification, or ask the client's model. */
function toolServer(): McpServer {
  const mcp = new McpServer({ name: 'tools', version: '1.0.0' }, { capabilities: { logging: {} } })
  const shape = { inputSchema: { said: z.string() } }
  mcp.registerTool('echo', shape, ({ said }) => text(`echo ${said}`))
  mcp.registerTool('slow', shape, async ({ said }, { _meta, sendNotification }) => {
    const progressToken = _meta?.progressToken
    if (progressToken !== undefined)
      for (const progress of [1, 2]) {
        await sleep(10)
        await sendNotification({
          method: 'notifications/progress',
          params: { progressToken, progress, total: 2 },
        })
      }
    await sleep(10)
    return text(`slow ${said}`)
  })
  mcp.registerTool('tell', shape, async ({ said }, { sendNotification }) => {
    await sendNotification({ method: 'notifications/message', params: { level: 'info', data: said } })
    return text(`told ${said}`)
  })
  mcp.registerTool('think', shape, async ({ said }) => {
    const answer = await mcp.server.createMessage({
      messages: [{ role: 'user', content: { type: 'text', text: said } }],
      maxTokens: 10,
    })
    const { content } = answer
    return text(`thought ${content.type === 'text' ? content.text : ''}`)
  })
  // The same question, but in the response of the call where there is one.
  mcp.registerTool('ask', shape, async ({ said }, { sendRequest }) => {
    const params = {
      messages: [{ role: 'user' as const, content: { type: 'text' as const, text: said } }],
      maxTokens: 10,
    }
    const { content } = await sendRequest(
      { method: 'sampling/createMessage', params },
      CreateMessageResultSchema,
    )
    return text(`asked, and heard ${content.type === 'text' ? content.text : ''}`)
  })
  return mcp
}

/** A real MCP server of the official SDK. @param json whether streamable HTTP answers with JSON in place of event streams */
export async function startMcpServer({ json = false } = {}): Promise<McpTestServer> {
  // oxlint-disable-next-line typescript/no-deprecated -- clients that speak only MCP over SSE are still in use
  const sse = new Map<string, SSEServerTransport>()
  const streamable = new Map<string, StreamableHTTPServerTransport>()
  const server = http.createServer((request, response) => {
    void serve(request, response).catch((error: unknown) => response.destroy(error as Error))
  })

  async function serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://127.0.0.1')
    if (pathname === '/sse') {
      // oxlint-disable-next-line typescript/no-deprecated -- as above
      const transport = new SSEServerTransport('/messages', response)
      sse.set(transport.sessionId, transport)
      return toolServer().connect(transport)
    }
    if (pathname === '/messages')
      return sse.get(searchParams.get('sessionId') ?? '')?.handlePostMessage(request, response)
    const known = streamable.get(String(request.headers['mcp-session-id']))
    if (known) return known.handleRequest(request, response)
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      enableJsonResponse: json,
      onsessioninitialized: (id) => void streamable.set(id, transport),
    })
    await toolServer().connect(transport)
    return transport.handleRequest(request, response)
  }

  server.on('connection', (socket) => socket.unref())
  server.unref().listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
