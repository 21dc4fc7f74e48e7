/**
 * Makes the same requests live, while recording, and in replay with the servers shut down. Prints what each observer of
 * the process has counted meanwhile.
 */
import { SpanKind, trace, type Tracer, type TracerProvider } from '@opentelemetry/api'
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http'
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici'
import { subscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import type Http from 'node:http'
import type Http2 from 'node:http2'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { PerformanceObserver } from 'node:perf_hooks'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'

import type * as Undici from 'undici'

import { withCassette } from '../../../src/index.ts'

const require = createRequire(import.meta.url)
let counts: Record<string, number> = {}
const count = (what: string): void => {
  counts[what] = (counts[what] ?? 0) + 1
}

const noop = trace.getTracerProvider().getTracer('noop')
const tracer: Tracer = {
  startSpan(name, options, context) {
    if (options?.kind === SpanKind.CLIENT) count(`span ${name}`)
    return noop.startSpan(name, options, context)
  },
  startActiveSpan: noop.startActiveSpan.bind(noop),
}
const provider: TracerProvider = { getTracer: () => tracer }
for (const one of [new HttpInstrumentation(), new UndiciInstrumentation()]) {
  one.setTracerProvider(provider)
  one.enable()
}
// Loaded after the instrumentation, by `require`: so it has patched them.
const http = require('node:http') as typeof Http
const http2 = require('node:http2') as typeof Http2
const undici = require('undici') as typeof Undici

for (const name of ['request.created', 'request.start', 'request.error', 'response.finish'])
  subscribe(`http.client.${name}`, (message) => {
    const { request } = message as { request: { path: string; host: string } }
    count(`http.client.${name} ${request.host === '127.0.0.1' ? request.path : request.host}`)
  })
for (const name of ['create', 'headers', 'trailers', 'error', 'bodySent'])
  subscribe(`undici:request:${name}`, (message) => {
    const { request } = message as { request: { path: string } }
    count(`undici:request:${name} ${request.path}`)
  })
subscribe('undici:client:sendHeaders', (message) => {
  const { headers, socket } = message as { headers: string; socket: object }
  count(`undici:client:sendHeaders ${headers.split(' ')[1]} ${'remoteAddress' in socket}`)
})
for (const name of ['created', 'start', 'finish', 'close'])
  subscribe(`http2.client.stream.${name}`, () => count(`http2.client.stream.${name}`))
// The servers that count are in this process too, so only the connections of cassette's own could add to them in replay.
new PerformanceObserver((list) => {
  for (const { name, entryType } of list.getEntries())
    if (entryType !== 'http' || name === 'HttpClient')
      count(`entry ${entryType} ${name.replace(/^.*:\d+/, '')}`)
}).observe({ entryTypes: ['http', 'resource'] })

const server = http.createServer((request, response) => {
  request.resume()
  if (request.url === '/cut') response.destroy()
  else request.on('end', () => response.end('hi'))
})
await once(server.listen(0, '127.0.0.1'), 'listening')
const h2 = http2.createServer((_, response) => void response.end('hi'))
await once(h2.listen(0, '127.0.0.1'), 'listening')
const { port } = server.address() as AddressInfo
const h2port = (h2.address() as AddressInfo).port
const url = `http://127.0.0.1:${port}`

async function ask(): Promise<void> {
  const agent = new undici.Agent()
  const send = (path: string, method: string, body?: string): Promise<void> =>
    new Promise((resolve) => {
      const headers = body === undefined ? {} : { 'content-length': body.length }
      const request = http.request(`${url}${path}`, { method, headers, agent: false })
      request.on('response', (response) => response.resume().on('end', resolve))
      request.on('error', () => resolve())
      request.end(body)
    })
  await send('/http', 'GET')
  await send('/http-post', 'POST', 'body')
  await send('/get-with-body', 'GET', 'body')
  await send('/cut', 'GET')
  for (const path of ['/fetch', '/fetch-2']) await (await fetch(`${url}${path}`)).text()
  await (await fetch(`${url}/fetch-post`, { method: 'POST', body: 'body' })).text()
  await fetch(`${url}/cut`).catch(() => {})
  await text((await undici.request(`${url}/undici`)).body)
  await text((await undici.request(`${url}/undici-agent`, { dispatcher: agent })).body)
  const left = new AbortController()
  const aborted = undici.request(`${url}/aborted`, { signal: left.signal })
  left.abort()
  await aborted.catch(() => {})
  const session = http2.connect(`http://127.0.0.1:${h2port}`)
  await text(session.request({ ':path': '/h2' }))
  session.close()
  await agent.close()
}

async function counted(run: () => Promise<unknown>): Promise<Record<string, number>> {
  counts = {}
  await run()
  await sleep(200)
  return Object.fromEntries(Object.entries(counts).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

const tape = process.env['TAPE'] ?? ''
const live = await counted(ask)
const recorded = await counted(() => withCassette(tape, { mode: 'all' }, ask))
const again = await counted(() => withCassette(tape, { mode: 'new_episodes' }, ask))
server.close()
server.closeAllConnections()
h2.close()
const replayed = await counted(() => withCassette(tape, { mode: 'none' }, ask))
console.log(JSON.stringify({ live, recorded, again, replayed }))
