import http from 'node:http'
import ky from 'ky'
import nodeFetch, { Blob as NodeFetchBlob, FormData as NodeFetchFormData } from 'node-fetch'
import nodeFetch2 from 'node-fetch2'
import { Readable } from 'node:stream'
import type { FidelityClient } from '../types.ts'
import { fetchClient, type FetchLike } from './fetch-client.ts'

const kyFetch: FetchLike = (url, init) =>
  ky(url, { ...init, retry: 0, throwHttpErrors: false, timeout: false })

const NODE_FETCH = {
  streamOf: (source: AsyncIterable<Uint8Array>) => Readable.from(source),
  init: ({ socketPath }: { socketPath?: string }) =>
    socketPath ? { agent: new http.Agent({ socketPath } as object) } : {},
  lacks: {
    'get-body': 'fetch refuses a GET with a body',
    expect: 'no way to wait for 100 Continue',
    'raw-path': 'the URL class normalises paths',
  },
}

export const FETCH_LIKE_CLIENTS: readonly FidelityClient[] = [
  fetchClient({ name: 'ky', family: 'ky', fetch: kyFetch }),
  fetchClient({
    ...NODE_FETCH,
    name: 'node-fetch 3',
    family: 'node-fetch',
    fetch: nodeFetch as unknown as FetchLike,
    classes: () => ({ FormData: NodeFetchFormData, Blob: NodeFetchBlob }),
    lacks: { ...NODE_FETCH.lacks, userinfo: 'fetch refuses credentials in a URL' },
  }),
  fetchClient({
    ...NODE_FETCH,
    name: 'node-fetch 2',
    family: 'node-fetch',
    fetch: nodeFetch2 as unknown as FetchLike,
    lacks: {
      ...NODE_FETCH.lacks,
      'form-data': 'node-fetch 2 takes the form-data package’s objects only',
      blob: 'node-fetch 2 takes Blobs of its own only',
    },
    never: {
      'a body shorter than its length': 'node-fetch 2 waits for ever',
      'aborted at the head': 'node-fetch 2 waits for ever',
    },
  }),
]
