import axios, { AxiosError } from 'axios'
import { Gaxios } from 'gaxios'
import got, { RequestError } from 'got'
import ky from 'ky'
import needle from 'needle'
import nodeFetch from 'node-fetch'
import nodeFetch2 from 'node-fetch2'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import superagent from 'superagent'
import { bodyView, drain, entriesOf, errorView, pairsOf } from '../view.ts'
import type { Call, Feature, FidelityClient, View } from '../types.ts'
import { FETCH_LACKS, fetchClient, type FetchLike } from './fetch-client.ts'

const WAIT_MS = 40

/** Aborts as the call says; `read` is told what arrives. */
function aborting(call: Call): { signal: AbortSignal; atHead: () => void; read: () => void } {
  const controller = new AbortController()
  if (call.abort === 'before') controller.abort()
  if (call.abort === 'waiting') void sleep(WAIT_MS).then(() => controller.abort())
  return {
    signal: controller.signal,
    atHead: () => call.abort === 'at-head' && controller.abort(),
    read: () => call.abort === 'in-body' && controller.abort(),
  }
}

const NO_STREAM: FidelityClient['lacks'] = {
  duplex: 'the library hands the response over when the request is done',
  expect: 'no way to wait for 100 Continue',
  'form-data': 'not in this suite',
}

/** Of clients that hand a response over when all of it has come. */
const WHOLE: FidelityClient['lacks'] = {
  'abort-at-head': 'the program sees no head before the end',
  'abort-in-body': 'the program sees no body before the end',
}

interface Streamed {
  readonly status?: number
  readonly statusText?: string
  readonly headers: object
  readonly data: AsyncIterable<Uint8Array>
}

/** axios with `responseType: 'stream'`: what the program reads is what came. */
async function viaAxios(call: Call, adapter: 'http' | 'fetch'): Promise<View> {
  const { signal, atHead, read } = aborting(call)
  try {
    const response = (await axios.request({
      url: call.url,
      method: call.method,
      headers: Object.fromEntries(call.headers),
      adapter,
      signal,
      responseType: 'stream',
      validateStatus: () => true,
      ...(call.socketPath ? { socketPath: call.socketPath } : {}),
      ...(call.timeoutMs ? { timeout: call.timeoutMs } : {}),
      ...(call.body === undefined ? {} : { data: call.body }),
      ...(call.stream ? { data: Readable.from(call.stream()) } : {}),
    })) as Streamed
    atHead()
    return {
      status: response.status ?? 0,
      reason: response.statusText ?? '',
      headers: entriesOf({ ...response.headers }),
      ...(await drain(response.data, read)),
    }
  } catch (error) {
    return { error: errorView(error) }
  }
}

/** axios as most programs use it: JSON parsed, an error for 400 and above. */
async function viaAxiosData(call: Call): Promise<View> {
  const { signal } = aborting(call)
  try {
    const { data, status, headers } = await axios.request<unknown>({
      url: call.url,
      method: call.method,
      headers: Object.fromEntries(call.headers),
      signal,
      ...(call.timeoutMs ? { timeout: call.timeoutMs } : {}),
      ...(call.body === undefined ? {} : { data: call.body }),
    })
    return { status, headers: entriesOf({ ...headers }), result: bodyOf(data) }
  } catch (error) {
    const response = error instanceof AxiosError ? error.response : undefined
    return {
      error: errorView(error),
      ...(response ? { status: response.status, result: bodyOf(response.data) } : {}),
    }
  }
}

const bodyOf = (data: unknown): unknown =>
  typeof data === 'string' && data.length > 1000 ? bodyView(Buffer.from(data)) : data

/** got's promise, as a buffer. */
async function viaGot(call: Call): Promise<View> {
  const { signal } = aborting(call)
  const headers = Object.fromEntries(call.headers)
  try {
    const response = await got(
      call.socketPath ? `http://unix:${call.socketPath}:${pathOf(call.url)}` : call.url,
      {
        method: call.method as 'GET',
        headers,
        signal,
        retry: { limit: 0 },
        throwHttpErrors: false,
        responseType: 'buffer',
        allowGetBody: true,
        enableUnixSockets: true,
        ...(call.timeoutMs ? { timeout: { response: call.timeoutMs, read: call.timeoutMs } } : {}),
        ...(call.body === undefined ? {} : { body: call.body }),
        ...(call.stream ? { body: Readable.from(call.stream()) } : {}),
      },
    )
    return {
      status: response.statusCode,
      reason: response.statusMessage ?? '',
      httpVersion: response.httpVersion,
      headers: pairsOf(response.rawHeaders),
      trailers: pairsOf(response.rawTrailers),
      body: bodyView(response.rawBody),
      url: response.url,
    }
  } catch (error) {
    // The cause beneath is Node's, whose name and code got's own error carries.
    return { error: error instanceof RequestError ? [`${error.name} ${error.code}`] : errorView(error) }
  }
}

/** got's stream. */
async function viaGotStream(call: Call): Promise<View> {
  const { signal, atHead, read } = aborting(call)
  try {
    const stream = got.stream(call.url, {
      method: call.method as 'GET',
      headers: Object.fromEntries(call.headers),
      signal,
      retry: { limit: 0 },
      throwHttpErrors: false,
      ...(call.timeoutMs ? { timeout: { response: call.timeoutMs, read: call.timeoutMs } } : {}),
      ...(call.body === undefined ? {} : { body: call.body }),
      ...(call.stream ? { body: Readable.from(call.stream()) } : {}),
    })
    const head: { view?: View } = {}
    stream.on('response', (response: { statusCode: number; rawHeaders: string[] }) => {
      head.view = { status: response.statusCode, headers: pairsOf(response.rawHeaders) }
      atHead()
    })
    const all = await drain(stream as AsyncIterable<Uint8Array>, read)
    return { ...head.view, ...all }
  } catch (error) {
    return { error: errorView(error) }
  }
}

const pathOf = (url: string): string => url.slice(url.indexOf('/', url.indexOf('://') + 3))

function viaSuperagent(call: Call): Promise<View> {
  return new Promise((resolve) => {
    if (call.abort === 'before') {
      resolve({ error: ['never sent'] })
      return
    }
    const url = call.socketPath
      ? `http+unix://${encodeURIComponent(call.socketPath)}${pathOf(call.url)}`
      : call.url
    const request = superagent(call.method, url)
    const parts: Buffer[] = []
    let head: View = {}
    for (const [name, value] of call.headers) void request.set(name, value)
    if (call.timeoutMs) void request.timeout({ response: call.timeoutMs, deadline: call.timeoutMs * 2 })
    void request.ok(() => true)
    void request.buffer(true)
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
      head = { status: response.status, headers: entriesOf(response.headers as object) }
    })
    request.on('abort', () => resolve({ error: ['aborted'], body: bodyView(parts) }))
    if (call.abort === 'waiting') void sleep(WAIT_MS).then(() => void request.abort())
    if (call.body !== undefined) void request.send(call.body as unknown as object)
    request.end((error: unknown) =>
      resolve({ ...head, body: bodyView(parts), ...(error ? { error: errorView(error) } : {}) }),
    )
  })
}

function viaNeedle(call: Call): Promise<View> {
  return new Promise((resolve) => {
    const { signal, atHead, read } = aborting(call)
    const parts: Buffer[] = []
    let head: View = {}
    const tell = (error?: unknown): void =>
      resolve({ ...head, body: bodyView(parts), ...(error ? { error: errorView(error) } : {}) })
    const stream = needle.request(
      call.method as 'get',
      call.url,
      (call.stream ? Readable.from(call.stream()) : (call.body ?? null)) as unknown as null,
      {
        headers: Object.fromEntries(call.headers),
        parse_response: false,
        decode_response: false,
        compressed: true,
        follow_max: 5,
        signal,
        ...(call.socketPath ? { socketPath: call.socketPath } : {}),
        ...(call.timeoutMs ? { response_timeout: call.timeoutMs, read_timeout: call.timeoutMs } : {}),
      } as needle.NeedleOptions,
    )
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
  try {
    const response = await new Gaxios().request<AsyncIterable<Uint8Array>>({
      url: call.url,
      method: call.method as 'GET',
      headers: Object.fromEntries(call.headers),
      signal,
      retry: false,
      responseType: 'stream',
      validateStatus: () => true,
      ...(call.timeoutMs ? { timeout: call.timeoutMs } : {}),
      ...(call.body === undefined ? {} : { body: call.body as unknown as Blob }),
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

const client = (
  name: string,
  send: FidelityClient['send'],
  lacks: Partial<Record<Feature, string>> = {},
  family = name,
  never: FidelityClient['never'] = {},
): FidelityClient => ({ name, family, lacks: { ...NO_STREAM, ...lacks }, never, dialect: 'plain', send })

const kyFetch: FetchLike = (url, init) =>
  ky(url, { ...init, retry: 0, throwHttpErrors: false, timeout: false }) as unknown as ReturnType<FetchLike>
const NODE_FETCH = {
  streamOf: (source: AsyncIterable<Uint8Array>) => Readable.from(source),
  lacks: {
    'get-body': 'node-fetch refuses a GET with a body',
    unix: FETCH_LACKS.unix!,
    expect: 'no way to wait for 100 Continue',
  },
}

export const LIBRARY_CLIENTS: readonly FidelityClient[] = [
  fetchClient({ name: 'fetch', family: 'fetch', fetch: (url, init) => fetch(url, init) as never }),
  client('axios', viaAxiosData, { stream: 'covered by the next', ...WHOLE }),
  client('axios, http adapter, stream', (call) => viaAxios(call, 'http'), {}, 'axios'),
  client(
    'axios, fetch adapter, stream',
    (call) => viaAxios(call, 'fetch'),
    { ...FETCH_LACKS, stream: 'wants a web stream' },
    'axios',
  ),
  client('got', viaGot, WHOLE),
  client('got.stream', viaGotStream, { 'get-body': 'not in this style', unix: 'not in this style' }, 'got', {
    OPTIONS: 'got.stream waits for a body to be piped in',
  }),
  fetchClient({ name: 'ky', family: 'ky', fetch: kyFetch }),
  fetchClient({
    name: 'node-fetch 3',
    family: 'node-fetch',
    fetch: nodeFetch as unknown as FetchLike,
    ...NODE_FETCH,
  }),
  fetchClient({
    name: 'node-fetch 2',
    family: 'node-fetch',
    fetch: nodeFetch2 as unknown as FetchLike,
    never: {
      'a body shorter than its length': 'node-fetch 2 waits for ever',
      'aborted at the head': 'node-fetch 2 waits for ever',
    },
    ...NODE_FETCH,
  }),
  client('superagent', viaSuperagent, { stream: 'another style', 'abort-at-head': WHOLE['abort-at-head']! }),
  client('needle', viaNeedle, { truncation: 'needle never ends where a body is cut short' }),
  client('gaxios', viaGaxios, FETCH_LACKS),
]
