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

/** One client for each of the two seams carries the bodies that take long. */
const CARRIERS = new Set(['fetch', 'http.request, keep-alive Agent'])

export const CLIENTS: readonly FidelityClient[] = [
  fetchClient({ name: 'fetch', family: 'fetch', fetch: (url, init) => fetch(url, init) as never }),
  ...AXIOS_CLIENTS,
  ...GOT_CLIENTS,
  ...FETCH_LIKE_CLIENTS,
  ...CALLBACK_CLIENTS,
  ...UNDICI_CLIENTS,
  ...NODE_HTTP_CLIENTS,
  ...DOM_CLIENTS,
  ...SDK_CLIENTS,
].map((client) =>
  CARRIERS.has(client.name)
    ? client
    : {
        ...client,
        lacks: { huge: 'sent through fetch and http only, for the time it takes', ...client.lacks },
      },
)
