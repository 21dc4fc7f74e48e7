import http from 'node:http'

import { Agent, type Dispatcher, fetch as undiciFetch, request } from 'undici'

/** Makes one request and reads the whole body. Resolves with its length in bytes. */
export type Ask = (url: string, dispatcher?: Dispatcher) => Promise<number>

const keepAlive = new http.Agent({ keepAlive: true })
let agent: Agent | undefined

async function lengthOf(body: AsyncIterable<Uint8Array>): Promise<number> {
  let length = 0
  for await (const chunk of body) length += chunk.byteLength
  return length
}

export type ClientName = 'fetch' | 'undici' | 'undici Agent' | 'http'

/** The clients. cassette answers fetch and undici above the sockets, and the other two at the sockets. */
export const CLIENTS: Readonly<Record<ClientName, Ask>> = {
  fetch: async (url, dispatcher) => {
    const response = dispatcher ? await undiciFetch(url, { dispatcher }) : await fetch(url)
    return (await response.arrayBuffer()).byteLength
  },
  undici: async (url, dispatcher) => lengthOf((await request(url, dispatcher ? { dispatcher } : {})).body),
  'undici Agent': async (url, dispatcher) =>
    lengthOf((await request(url, { dispatcher: dispatcher ?? (agent ??= new Agent()) })).body),
  http: (url) =>
    new Promise((resolve, reject) => {
      http
        .get(url, { agent: keepAlive }, (response) => {
          let length = 0
          response.on('data', (chunk: Buffer) => (length += chunk.byteLength))
          response.on('end', () => resolve(length))
          response.on('error', reject)
        })
        .on('error', reject)
    }),
}
export const CLIENT_NAMES = Object.keys(CLIENTS) as ClientName[]
