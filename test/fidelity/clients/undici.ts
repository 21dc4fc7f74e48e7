import * as undici8 from 'undici'
import * as undici6 from 'undici6'
import * as undici7 from 'undici7'
import type { Call, FidelityClient } from '../types.ts'
import { pathOf } from '../view.ts'
import { FETCH_LACKS, fetchClient } from './fetch-client.ts'
import type { BodyClasses } from './objects.ts'
import { proxy } from './proxy.ts'
import {
  NODES,
  type Options,
  type Requester,
  type Undici,
  viaPipeline,
  viaRequest,
  viaStream,
} from './undici-send.ts'

const PROXY_LACKS: FidelityClient['lacks'] = {
  direct: 'what a proxy says of a broken server is not what the server says',
  ipv6: 'the way to the server is the proxy’s',
  unix: 'a proxy knows no unix sockets',
}

function family(version: number, undici: Undici): FidelityClient[] {
  const agents = new Map<string, Requester>()
  /** Makes one agent for all hosts, and one for each unix socket. */
  const agent = ({ socketPath }: Call): Requester => {
    const made =
      agents.get(socketPath ?? '') ?? new undici.Agent(socketPath ? { connect: { socketPath } } : {})
    agents.set(socketPath ?? '', made)
    return made
  }
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
    unix: 'a unix socket takes an Agent or Pool of its own',
    userinfo: 'undici leaves credentials to the caller',
    expect: 'undici refuses the Expect header',
    'raw-path': 'the URL class normalises paths',
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
  const classes = (): BodyClasses => ({ FormData: undici.FormData, Blob })
  const ownAgent = { lacks: { unix: undefined! }, close: () => closeAll(agents) }

  return [
    fetchClient({
      name: `undici ${version} fetch`,
      family: `undici ${version}`,
      fetch: undici.fetch,
      classes,
    }),
    client('request', (call) => viaRequest(NODES, call, (options) => undici.request(call.url, options))),
    client('stream', (call) => viaStream(undici, call)),
    client('pipeline', (call) => viaPipeline(undici, call), {
      'get-body': 'the body is what is piped in',
      'form-data': 'the body is what is piped in',
      blob: 'the body is what is piped in',
    }),
    client(
      'request, own Agent',
      (call) =>
        viaRequest(undici.FormData, call, (options) =>
          undici.request(call.url, { ...options, dispatcher: agent(call) }),
        ),
      ownAgent.lacks,
      ownAgent.close,
    ),
    fetchClient({
      name: `undici ${version} fetch, own Agent`,
      family: `undici ${version}`,
      fetch: undici.fetch,
      classes,
      lacks: { ...FETCH_LACKS, ...ownAgent.lacks },
      init: (call) => ({ dispatcher: agent(call) }),
      close: ownAgent.close,
    }),
    client(
      'Pool',
      (call) => {
        const path = pathOf(call.url)
        const origin = call.url.slice(0, -path.length)
        const options = call.socketPath ? { connect: { socketPath: call.socketPath } } : undefined
        return viaRequest(undici.FormData, call, (own) => pool(origin, options).request({ ...own, path }))
      },
      { unix: undefined!, 'raw-path': undefined! },
      () => closeAll(pools),
    ),
    client(
      'ProxyAgent',
      (call) =>
        viaRequest(undici.FormData, call, (options) =>
          undici.request(call.url, { ...options, dispatcher: via('ProxyAgent') }),
        ),
      PROXY_LACKS,
      () => closeAll(proxies),
    ),
    fetchClient({
      name: `undici ${version} fetch, EnvHttpProxyAgent`,
      family: `undici ${version}`,
      fetch: undici.fetch,
      classes,
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
