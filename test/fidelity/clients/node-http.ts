import http, { type ClientRequest, type IncomingMessage, request as earlyRequest } from 'node:http'
import https from 'node:https'
import { createRequire } from 'node:module'
import { setTimeout as sleep } from 'node:timers/promises'
import { once } from 'node:events'
import { drain, errorView, pairsOf } from '../view.ts'
import type { Call, FidelityClient, View } from '../types.ts'
import { aborting, WAIT_MS } from './aborting.ts'
import { echoing } from './fetch-client.ts'

/** Taken before the process is patched, as a library does with `require('http').request`. */
const { request: requiredRequest } = createRequire(import.meta.url)('http') as typeof http
const { request: earlyHttpsRequest } = https

type Agents = {
  readonly http: http.Agent | false | undefined
  readonly https: https.Agent | false | undefined
}
type Requests = { readonly http: typeof http.request; readonly https: typeof https.request }

function start(call: Call, agents: Agents, requests: Requests): ClientRequest {
  const kind = call.url.startsWith('https:') ? 'https' : 'http'
  const url = new URL(call.url)
  const agent = agents[kind]
  const options: https.RequestOptions = {
    method: call.method,
    path: call.url.slice(call.url.indexOf('/', call.url.indexOf('://') + 3)),
    ...(url.username ? { auth: `${url.username}:${url.password}` } : {}),
    ...(agent === undefined ? {} : { agent }),
    ...(call.socketPath
      ? { socketPath: call.socketPath }
      : { host: url.hostname.replace(/^\[|\]$/g, ''), port: url.port }),
    ...(call.timeoutMs ? { timeout: call.timeoutMs } : {}),
  }
  const request = requests[kind](options)
  for (const name of new Set(call.headers.map(([one]) => one))) {
    const values = call.headers.filter(([one]) => one === name).map(([, value]) => value)
    request.setHeader(name, values.length === 1 ? (values[0] ?? '') : values)
  }
  // Node itself does not frame the body of a GET, DELETE or OPTIONS.
  if (call.body) request.setHeader('content-length', call.body.byteLength)
  if (call.timeoutMs)
    request.on('timeout', () =>
      request.destroy(Object.assign(new Error('timed out'), { code: 'CLIENT_TIMEOUT' })),
    )
  return request
}

async function upload(call: Call, request: ClientRequest, source?: AsyncIterable<Uint8Array>): Promise<void> {
  if (call.headers.some(([name]) => name.toLowerCase() === 'expect')) {
    request.flushHeaders()
    await Promise.race([once(request, 'continue'), once(request, 'response'), once(request, 'close')])
  }
  if (!source) return void request.end(call.body)
  for await (const part of source) if (!request.destroyed) request.write(part)
  request.end()
}

/** Callback style: collects everything that the events tell. */
async function viaEvents(call: Call, agents: Agents, requests: Requests): Promise<View> {
  if (call.abort === 'before') return { error: ['never sent'] }
  const request = start(call, agents, requests)
  const interim: string[] = []
  let told: string[] | undefined
  const tell = (error: unknown): void => void (told ??= errorView(error))
  request.on('information', ({ statusCode, rawHeaders }) =>
    interim.push(`${statusCode} ${rawHeaders.join('|')}`),
  )
  request.on('error', tell)
  const responded = new Promise<IncomingMessage | undefined>((resolve) => {
    request.on('response', resolve)
    // A buffered response comes after the request's `close`.
    request.on('close', () => setImmediate(() => resolve(undefined)))
  })
  const echo = call.duplex && echoing(call.duplex)
  void upload(call, request, echo?.source ?? call.stream?.()).catch(tell)
  if (call.abort === 'waiting') void sleep(WAIT_MS).then(() => request.destroy())
  const response = await responded
  if (!response) return { error: told ?? ['closed'] }
  if (call.abort === 'at-head') request.destroy()
  const read = await drain(response, (part) => {
    if (call.abort === 'in-body') request.destroy()
    echo?.heard(part)
  })
  return {
    status: response.statusCode ?? 0,
    reason: response.statusMessage ?? '',
    httpVersion: response.httpVersion,
    headers: pairsOf(response.rawHeaders),
    trailers: pairsOf(response.rawTrailers),
    result: { complete: response.complete, interim },
    ...read,
    ...(read.error || told ? { error: [...(read.error ?? []), ...(told ?? [])] } : {}),
  }
}

/** Promise style: `events.once`, `for await`, and an abort signal instead of `destroy()`. */
async function viaPromises(call: Call): Promise<View> {
  const { controller } = aborting(call)
  const kind = call.url.startsWith('https:') ? https : http
  const signal = call.timeoutMs ? AbortSignal.timeout(call.timeoutMs) : controller.signal
  try {
    const length = call.body ? { 'content-length': call.body.byteLength } : {}
    const headers = { ...Object.fromEntries(call.headers), ...length }
    const request = kind.request(call.url, { method: call.method, headers, signal })
    const responded = once(request, 'response') as Promise<[IncomingMessage]>
    request.on('error', () => {})
    request.end(call.body)
    const [response] = await responded
    if (call.abort === 'at-head') controller.abort()
    const read = await drain(response, () => call.abort === 'in-body' && controller.abort())
    return {
      status: response.statusCode ?? 0,
      headers: pairsOf(response.rawHeaders),
      trailers: { ...response.trailers },
      ...read,
    }
  } catch (error) {
    return { error: errorView(error) }
  }
}

const keepAlive = { http: new http.Agent({ keepAlive: true }), https: new https.Agent({ keepAlive: true }) }
const LATE: Requests = {
  http: ((options: http.RequestOptions) => http.request(options)) as typeof http.request,
  https: ((options: https.RequestOptions) => https.request(options)) as typeof https.request,
}
const ESM: Requests = { http: earlyRequest, https: earlyHttpsRequest }
const CJS: Requests = { http: requiredRequest, https: earlyHttpsRequest }

const client = (
  name: string,
  send: FidelityClient['send'],
  close?: () => unknown,
  lacks: FidelityClient['lacks'] = {},
): FidelityClient => ({
  name,
  family: 'node:http, node:https',
  lacks: { 'form-data': 'node:http takes bytes', blob: 'node:http takes bytes', ...lacks },
  dialect: 'plain',
  send,
  ...(close ? { close } : {}),
})

export const NODE_HTTP_CLIENTS: readonly FidelityClient[] = [
  client(
    'http.request, keep-alive Agent',
    (call) => viaEvents(call, keepAlive, LATE),
    () => {
      keepAlive.http.destroy()
      keepAlive.https.destroy()
    },
  ),
  client('http.request, global agent', (call) => viaEvents(call, { http: undefined, https: undefined }, ESM)),
  client("require('http').request, agent: false", (call) =>
    viaEvents(call, { http: false, https: false }, CJS),
  ),
  client('http.request with promises and a signal', viaPromises, undefined, {
    stream: 'not in this style',
    duplex: 'not in this style',
    expect: 'not in this style',
    unix: 'not in this style',
    'raw-path': 'the URL class normalises paths',
  }),
]
