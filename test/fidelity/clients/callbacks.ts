import http from 'node:http'
import { Gaxios } from 'gaxios'
import needle from 'needle'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import superagent from 'superagent'
import { bodyView, drain, entriesOf, errorView, pathOf } from '../view.ts'
import type { Call, FidelityClient, View } from '../types.ts'
import { aborting, WAIT_MS } from './aborting.ts'
import { FETCH_LACKS } from './fetch-client.ts'
import { libraryClient, WHOLE } from './library-client.ts'
import { wholeBody } from './objects.ts'

function superagentFor(call: Call): superagent.SuperAgentRequest {
  const url = call.socketPath
    ? `http+unix://${encodeURIComponent(call.socketPath)}${pathOf(call.url)}`
    : call.url
  const request = superagent(call.method, url)
  for (const [name, value] of call.headers) void request.set(name, value)
  if (call.timeoutMs) void request.timeout({ response: call.timeoutMs, deadline: call.timeoutMs * 2 })
  for (const { name, value, filename } of call.form ?? []) {
    if (filename === undefined) void request.field(name, value)
    else void request.attach(name, Buffer.from(value), { filename, contentType: 'text/csv' })
  }
  return request.ok(() => true).buffer(true)
}

function viaSuperagent(call: Call): Promise<View> {
  return new Promise((resolve) => {
    if (call.abort === 'before') {
      resolve({ error: ['never sent'] })
      return
    }
    const request = superagentFor(call)
    const parts: Buffer[] = []
    let head: View = {}
    void request.parse((response, done) => {
      const message = response as unknown as Readable
      let told = false
      const tell = (error: Error | null): void => {
        if (!told) done(error, error ? null : Buffer.concat(parts))
        told = true
      }
      message.on('data', (part: Buffer | string) => {
        parts.push(Buffer.from(part))
        if (call.abort === 'in-body') request.abort()
      })
      message.on('end', () => tell(null))
      message.on('error', tell)
    })
    request.on('response', (response: superagent.Response) => {
      head = { status: response.status, headers: entriesOf(response.headers) }
    })
    request.on('abort', () => resolve({ error: ['aborted'], body: bodyView(parts) }))
    if (call.abort === 'waiting') void sleep(WAIT_MS).then(() => void request.abort())
    if (call.body !== undefined) void request.send(call.body)
    request.end((error: unknown) =>
      resolve({ ...head, body: bodyView(parts), ...(error ? { error: errorView(error) } : {}) }),
    )
  })
}

const needleForm = (call: Call): object | undefined =>
  call.form &&
  Object.fromEntries(
    call.form.map(({ name, value, filename }) => [
      name,
      filename === undefined ? value : { buffer: Buffer.from(value), filename, content_type: 'text/csv' },
    ]),
  )

function viaNeedle(call: Call): Promise<View> {
  return new Promise((resolve) => {
    const { signal, atHead, read } = aborting(call)
    const parts: Buffer[] = []
    let head: View = {}
    const tell = (error?: unknown): void =>
      resolve({ ...head, body: bodyView(parts), ...(error ? { error: errorView(error) } : {}) })
    const data = call.stream ? Readable.from(call.stream()) : (needleForm(call) ?? call.body ?? null)
    const stream = needle.request(call.method as 'get', call.url, data, {
      headers: Object.fromEntries(call.headers),
      parse_response: false,
      decode_response: false,
      compressed: true,
      follow_max: 5,
      signal,
      ...(call.form ? { multipart: true } : {}),
      ...(call.socketPath ? { agent: new http.Agent({ socketPath: call.socketPath } as object) } : {}),
      ...(call.timeoutMs ? { response_timeout: call.timeoutMs, read_timeout: call.timeoutMs } : {}),
    } as needle.NeedleOptions)
    stream.on('header', (status: number, headers: object) => {
      head = { status, headers: entriesOf(headers) }
      atHead()
    })
    stream.on('data', (part: Buffer | string) => {
      parts.push(Buffer.from(part))
      read()
    })
    stream.on('done', tell)
    stream.on('err', tell)
  })
}

async function viaGaxios(call: Call): Promise<View> {
  const { signal, atHead, read } = aborting(call)
  const body = wholeBody(call)
  try {
    const response = await new Gaxios().request<AsyncIterable<Uint8Array>>({
      url: call.url,
      method: call.method,
      headers: Object.fromEntries(call.headers),
      signal,
      retry: false,
      responseType: 'stream',
      validateStatus: () => true,
      ...(call.timeoutMs ? { timeout: call.timeoutMs } : {}),
      ...(body === undefined ? {} : { body: body as Blob }),
      ...(call.stream ? { body: Readable.from(call.stream()) as unknown as Blob } : {}),
    })
    atHead()
    return {
      status: response.status,
      reason: response.statusText,
      headers: [...response.headers].map(([name, value]) => [name, value] as const),
      ...(await drain(response.data, read)),
    }
  } catch (error) {
    return { error: errorView(error) }
  }
}

export const CALLBACK_CLIENTS: readonly FidelityClient[] = [
  libraryClient('superagent', viaSuperagent, {
    stream: 'superagent is piped into, which is not tried',
    blob: 'superagent takes no Blob',
    'abort-at-head': WHOLE['abort-at-head']!,
  }),
  libraryClient('needle', viaNeedle, {
    truncation: 'needle never ends where a body is cut short',
    blob: 'needle takes no Blob',
  }),
  libraryClient('gaxios', viaGaxios, FETCH_LACKS),
]
