import { Readable, Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { pipeline as pipe } from 'node:stream/promises'
import * as undici8 from 'undici'
import * as undici6 from 'undici6'
import * as undici7 from 'undici7'
import { bodyView, drain, entriesOf, errorView, pairsOf } from '../view.ts'
import type { Call, FidelityClient, HeaderList, View } from '../types.ts'
import { echoing, FETCH_LACKS, fetchClient, type FetchLike } from './fetch-client.ts'
import { proxy } from './proxy.ts'

const WAIT_MS = 40

interface ResponseData {
  readonly statusCode: number
  readonly statusText?: string
  readonly headers: object
  readonly trailers: object
  readonly body: AsyncIterable<Uint8Array>
}
interface StreamHead {
  readonly statusCode: number
  readonly headers: object
  readonly opaque?: unknown
}
type Options = Record<string, unknown>
interface Requester {
  request(options: Options): Promise<ResponseData>
  destroy(): Promise<void>
}
/** The part of undici that 6, 7 and 8 share. */
interface Undici {
  readonly fetch: FetchLike
  request(url: string, options: Options): Promise<ResponseData>
  stream(
    url: string,
    options: Options,
    factory: (head: StreamHead) => Writable,
  ): Promise<{ trailers: object }>
  pipeline(
    url: string,
    options: Options,
    handler: (head: StreamHead & { body: Readable }) => Readable,
  ): NodeJS.ReadWriteStream
  readonly Agent: new (options?: Options) => Requester
  readonly Pool: new (origin: string, options?: Options) => Requester
  readonly ProxyAgent: new (options: Options) => Requester
  readonly EnvHttpProxyAgent: new (options: Options) => Requester
}

const rawHeaders = (headers: unknown): HeaderList =>
  Array.isArray(headers) ? pairsOf(headers) : entriesOf(headers as object)

function optionsOf(call: Call): {
  options: Options
  controller: AbortController
  echo: ReturnType<typeof echoing> | undefined
} {
  const controller = new AbortController()
  if (call.abort === 'before') controller.abort()
  if (call.abort === 'waiting') void sleep(WAIT_MS).then(() => controller.abort())
  const echo = call.duplex && echoing(call.duplex)
  const source = echo?.source ?? call.stream?.()
  return {
    controller,
    echo,
    options: {
      method: call.method,
      headers: call.headers.flatMap(([name, value]) => [name, value]),
      signal: call.timeoutMs ? AbortSignal.timeout(call.timeoutMs) : controller.signal,
      ...(call.body === undefined ? {} : { body: call.body }),
      ...(source ? { body: Readable.from(source) } : {}),
    },
  }
}

type Send = (options: Options) => Promise<ResponseData>

async function viaRequest(call: Call, send: Send): Promise<View> {
  const { options, controller, echo } = optionsOf(call)
  try {
    const interim: string[] = []
    const response = await send({
      ...options,
      responseHeaders: 'raw',
      onInfo: ({ statusCode, headers }: StreamHead) =>
        interim.push(`${statusCode} ${JSON.stringify(rawHeaders(headers))}`),
    })
    if (call.abort === 'at-head') controller.abort()
    const read = await drain(response.body, (part) => {
      if (call.abort === 'in-body') controller.abort()
      echo?.heard(part)
    })
    return {
      status: response.statusCode,
      ...(response.statusText === undefined ? {} : { reason: response.statusText }),
      headers: rawHeaders(response.headers),
      trailers: { ...response.trailers },
      result: { interim },
      ...read,
    }
  } catch (error) {
    return { error: errorView(error) }
  }
}

/** `undici.stream`: the body goes into a Writable of the program's. */
async function viaStream(undici: Undici, call: Call): Promise<View> {
  const { options, controller, echo } = optionsOf(call)
  const parts: Buffer[] = []
  let head: StreamHead | undefined
  try {
    const { trailers } = await undici.stream(call.url, options, (response) => {
      head = response
      if (call.abort === 'at-head') controller.abort()
      return new Writable({
        write(part: Buffer, _encoding, done) {
          parts.push(Buffer.from(part))
          if (call.abort === 'in-body') controller.abort()
          echo?.heard(parts.length)
          done()
        },
      })
    })
    return { ...viewOf(head), body: bodyView(parts), trailers: { ...trailers } }
  } catch (error) {
    return { ...viewOf(head), body: bodyView(parts), error: errorView(error) }
  }
}

const viewOf = (head: StreamHead | undefined): View =>
  head ? { status: head.statusCode, headers: entriesOf(head.headers) } : {}

/** `undici.pipeline`: a Duplex between the program's streams. */
async function viaPipeline(undici: Undici, call: Call): Promise<View> {
  const { options, controller, echo } = optionsOf(call)
  const { body: _, ...rest } = options
  const parts: Buffer[] = []
  let head: StreamHead | undefined
  const source = echo?.source ?? call.stream?.() ?? (call.body ? [call.body] : [])
  try {
    await pipe(
      Readable.from(source),
      undici.pipeline(call.url, rest, (response) => {
        head = response
        if (call.abort === 'at-head') controller.abort()
        return response.body
      }),
      new Writable({
        write(part: Buffer, _encoding, done) {
          parts.push(Buffer.from(part))
          if (call.abort === 'in-body') controller.abort()
          echo?.heard(parts.length)
          done()
        },
      }),
    )
    return { ...viewOf(head), body: bodyView(parts) }
  } catch (error) {
    return { ...viewOf(head), body: bodyView(parts), error: errorView(error) }
  }
}

const PROXY_LACKS: FidelityClient['lacks'] = {
  direct: 'what a proxy says of a broken server is not what the server says',
  ipv6: 'the way to the server is the proxy’s',
  unix: 'a proxy knows no unix sockets',
}

function family(version: number, undici: Undici): FidelityClient[] {
  const agent = new undici.Agent()
  const pools = new Map<string, Requester>()
  const pool = (origin: string, options?: Options): Requester => {
    const key = `${origin} ${JSON.stringify(options)}`
    const made = pools.get(key) ?? new undici.Pool(origin, options)
    pools.set(key, made)
    return made
  }
  const proxies = new Map<string, Requester>()
  const via = (kind: 'ProxyAgent' | 'EnvHttpProxyAgent'): Requester => {
    const made =
      proxies.get(kind) ??
      (kind === 'ProxyAgent'
        ? new undici.ProxyAgent({ uri: proxy.url() })
        : new undici.EnvHttpProxyAgent({ httpProxy: proxy.url(), httpsProxy: proxy.url(), noProxy: '' }))
    proxies.set(kind, made)
    return made
  }
  const closeAll = async (map: Map<string, Requester>): Promise<void> => {
    const all = [...map.values()]
    map.clear()
    await Promise.all(all.map((one) => one.destroy()))
  }
  const common = {
    unix: 'only with a Client of its own',
    userinfo: 'undici leaves credentials to the caller',
    expect: 'undici refuses the Expect header',
    'form-data': 'fetch only',
  } as const
  const client = (
    name: string,
    send: FidelityClient['send'],
    lacks: FidelityClient['lacks'] = {},
    close?: () => unknown,
  ): FidelityClient => ({
    name: `undici ${version} ${name}`,
    family: `undici ${version}`,
    dialect: 'plain',
    lacks: { ...common, ...lacks },
    send,
    ...(close ? { close } : {}),
  })
  const path = (url: string): { origin: string; path: string } => {
    const slash = url.indexOf('/', url.indexOf('://') + 3)
    return { origin: url.slice(0, slash), path: url.slice(slash) }
  }

  return [
    fetchClient({ name: `undici ${version} fetch`, family: `undici ${version}`, fetch: undici.fetch }),
    client('request', (call) => viaRequest(call, (options) => undici.request(call.url, options))),
    client('stream', (call) => viaStream(undici, call)),
    client('pipeline', (call) => viaPipeline(undici, call), {
      'get-body': 'the body is what is piped in',
    }),
    client('request, own Agent', (call) =>
      viaRequest(call, (options) => undici.request(call.url, { ...options, dispatcher: agent })),
    ),
    fetchClient({
      name: `undici ${version} fetch, own Agent`,
      family: `undici ${version}`,
      fetch: undici.fetch,
      init: () => ({ dispatcher: agent }),
    }),
    client(
      'Pool',
      (call) => {
        const { origin, path: rest } = path(call.url)
        const options = call.socketPath ? { connect: { socketPath: call.socketPath } } : undefined
        return viaRequest(call, (own) => pool(origin, options).request({ ...own, path: rest }))
      },
      { unix: undefined! },
      () => closeAll(pools),
    ),
    client(
      'ProxyAgent',
      (call) =>
        viaRequest(call, (options) =>
          undici.request(call.url, { ...options, dispatcher: via('ProxyAgent') }),
        ),
      PROXY_LACKS,
      () => closeAll(proxies),
    ),
    fetchClient({
      name: `undici ${version} fetch, EnvHttpProxyAgent`,
      family: `undici ${version}`,
      fetch: undici.fetch,
      lacks: { ...FETCH_LACKS, ...PROXY_LACKS },
      init: () => ({ dispatcher: via('EnvHttpProxyAgent') }),
      close: () => closeAll(proxies),
    }),
  ]
}

export const UNDICI_CLIENTS: readonly FidelityClient[] = [
  ...family(8, undici8 as unknown as Undici),
  ...family(7, undici7 as unknown as Undici),
  ...family(6, undici6 as unknown as Undici),
]
