import type { FidelityClient } from '../types.ts'
import { AXIOS_CLIENTS } from './axios.ts'
import { CALLBACK_CLIENTS } from './callbacks.ts'
import { DOM_CLIENTS } from './dom.ts'
import { fetchClient } from './fetch-client.ts'
import { FETCH_LIKE_CLIENTS } from './fetch-likes.ts'
import { GOT_CLIENTS } from './got.ts'
import { NODE_HTTP_CLIENTS } from './node-http.ts'
import { SDK_CLIENTS } from './sdks.ts'
import { UNDICI_CLIENTS } from './undici.ts'

const ALL: readonly FidelityClient[] = [
  fetchClient({ name: 'fetch', family: 'fetch', fetch: (url, init) => fetch(url, init) }),
  ...AXIOS_CLIENTS,
  ...GOT_CLIENTS,
  ...FETCH_LIKE_CLIENTS,
  ...CALLBACK_CLIENTS,
  ...UNDICI_CLIENTS,
  ...NODE_HTTP_CLIENTS,
  ...DOM_CLIENTS,
  ...SDK_CLIENTS,
]

/** The slowest exchanges are sent through two clients only: one that uses undici, and one that uses Node's sockets. */
const CARRIERS = new Set(['fetch', 'http.request, keep-alive Agent'])

const isFirstOfFamily = ({ family }: FidelityClient, i: number): boolean =>
  ALL.findIndex((one) => one.family === family) === i

export const CLIENTS: readonly FidelityClient[] = ALL.map((client, i) => ({
  ...client,
  lacks: {
    ...(isFirstOfFamily(client, i)
      ? {}
      : { large: '5 MB are sent through one client of each package, for the time it takes' }),
    ...(CARRIERS.has(client.name)
      ? {}
      : { huge: '100 MB are sent through fetch and http only, for the time it takes' }),
    ...client.lacks,
  },
}))
