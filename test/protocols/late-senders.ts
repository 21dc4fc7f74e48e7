import { once } from 'node:events'
import http from 'node:http'
import https from 'node:https'
import { PassThrough, Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'

import {
  Agent,
  fetch as undiciFetch,
  pipeline,
  Pool,
  request as undiciRequest,
  stream as undiciStream,
} from 'undici'

import { selfSigned } from '../helpers/tls-certificate.ts'

/** Longer than the time after which a silent client counts as waiting for its server to speak, ms. */
export const LATE_MS = 25

// Made once: the clients below trust it.
export const keys = selfSigned()
const trusting = { ca: keys.cert }

async function* late(): AsyncGenerator<Uint8Array> {
  await sleep(LATE_MS)
  yield Buffer.from('first ')
  await sleep(LATE_MS)
  yield Buffer.from('second')
}

const textOf = async (stream: AsyncIterable<Uint8Array>): Promise<string> =>
  Buffer.concat(await Array.fromAsync(stream)).toString()

/** An HTTP request that `write` writes in its own time. */
async function byHttp(
  url: string,
  options: https.RequestOptions,
  write: (request: http.ClientRequest) => Promise<void> | void,
): Promise<string> {
  const secure = url.startsWith('https:')
  const request = (secure ? https : http).request(url, { method: 'POST', ...trusting, ...options })
  const answered = once(request, 'response') as Promise<[http.IncomingMessage]>
  answered.catch(() => {})
  await write(request)
  const [response] = await answered
  return textOf(response)
}

const keepAlive = { http: new http.Agent({ keepAlive: true }), https: new https.Agent({ keepAlive: true }) }
const agentFor = (url: string): http.Agent => keepAlive[url.startsWith('https:') ? 'https' : 'http']

async function writeLate(request: http.ClientRequest): Promise<void> {
  await sleep(LATE_MS)
  request.write('first ')
  await sleep(LATE_MS)
  request.end('second')
}

const dispatcher = new Agent({ connect: trusting })

/** Clients that write their request late, or never read before they have written. All send the same bytes. */
export const SENDERS: Readonly<Record<string, (url: string) => Promise<string>>> = {
  'http, all of it late': (url) => byHttp(url, { agent: false }, writeLate),
  'http, all of it late, on a keep-alive agent': (url) => byHttp(url, { agent: agentFor(url) }, writeLate),
  'http, headers at once and a late body': (url) =>
    byHttp(url, { agent: false }, (request) => {
      request.flushHeaders()
      return writeLate(request)
    }),
  'http, Expect: 100-continue': (url) =>
    byHttp(url, { agent: false, headers: { expect: '100-continue' } }, async (request) => {
      const go = Promise.race([once(request, 'continue'), sleep(LATE_MS)])
      request.flushHeaders()
      await go
      request.end('first second')
    }),
  'http, a body piped in': (url) =>
    byHttp(url, { agent: false }, (request) => void Readable.from(late()).pipe(request)),
  'undici request, a late iterable': async (url) =>
    textOf((await undiciRequest(url, { method: 'POST', body: Readable.from(late()), dispatcher })).body),
  'undici stream': async (url) => {
    const out = new PassThrough()
    const [text] = await Promise.all([
      textOf(out),
      undiciStream(url, { method: 'POST', body: Readable.from(late()), dispatcher }, () => out),
    ])
    return text
  },
  'undici pipeline': (url) =>
    textOf(
      Readable.from(late()).pipe(
        pipeline(url, { method: 'POST', dispatcher }, ({ body }) => body),
      ) as AsyncIterable<Uint8Array>,
    ),
  'undici Pool': async (url) => {
    const pool = new Pool(new URL(url).origin, { connect: trusting })
    try {
      return await textOf(
        (await pool.request({ path: '/', method: 'POST', body: Readable.from(late()) })).body,
      )
    } finally {
      await pool.destroy()
    }
  },
  'undici fetch, a late stream': async (url) => {
    const body = Readable.toWeb(Readable.from(late())) as ReadableStream
    return (await undiciFetch(url, { method: 'POST', body, duplex: 'half', dispatcher })).text()
  },
}

/** Does not trust our certificate. */
export const PLAIN_SENDERS: typeof SENDERS = {
  'fetch, a late stream': async (url) =>
    (await fetch(url, { method: 'POST', body: late(), duplex: 'half' })).text(),
}
