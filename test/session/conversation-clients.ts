import { once } from 'node:events'
import http, { type IncomingMessage, type ServerResponse } from 'node:http'
import { Readable } from 'node:stream'

import { Agent as UndiciAgent, request as undiciRequest } from 'undici'

/** Sends each word back when it comes. */
export const echo = (request: IncomingMessage, response: ServerResponse): void => {
  response.writeHead(200, { 'content-type': 'text/plain' })
  response.flushHeaders()
  request.on('data', (chunk: Buffer) => response.write(`${chunk.toString()}!`))
  request.on('end', () => response.end('bye'))
}

/** Sends each word when the one before has been answered. */
type Talk = (url: string, words: readonly string[]) => Promise<string[]>

export const overHttp: Talk = async (url, words) => {
  const request = http.request(url, { method: 'POST', headers: { 'content-type': 'text/plain' } })
  request.on('error', () => {})
  request.flushHeaders()
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  const heard: string[] = []
  for (const word of words) {
    request.write(word)
    const [chunk] = (await Promise.race([
      once(response, 'data'),
      once(response, 'error').then(([error]) => {
        throw error as Error
      }),
    ])) as [Buffer]
    heard.push(chunk.toString())
  }
  request.end()
  for await (const chunk of response) heard.push(String(chunk))
  return heard
}

/** Gives the words one by one, each after a call of `next`. */
function paced(words: readonly string[]): { source: AsyncGenerator<Buffer>; next: () => void } {
  const waiting: (() => void)[] = []
  let free = 0
  const next = (): void => {
    const resolve = waiting.shift()
    if (resolve) resolve()
    else free++
  }
  const turn = (): Promise<void> =>
    new Promise((resolve) => {
      if (free > 0) {
        free--
        resolve()
      } else waiting.push(resolve)
    })
  async function* source(): AsyncGenerator<Buffer> {
    for (const word of words) {
      await turn()
      yield Buffer.from(word)
    }
    await turn()
  }
  return { source: source(), next }
}

const overFetch: Talk = async (url, words) => {
  const { source, next } = paced(words)
  // undici writes the head with the first of the body.
  next()
  const body = Readable.toWeb(Readable.from(source))
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'text/plain' },
    body: body as unknown as ReadableStream,
    duplex: 'half',
  })
  const heard: string[] = []
  for await (const chunk of response.body ?? []) {
    heard.push(Buffer.from(chunk).toString())
    next()
  }
  return heard
}

const overUndici: Talk = async (url, words) => {
  const { source, next } = paced(words)
  // undici writes the head with the first of the body.
  next()
  const { body } = await undiciRequest(url, {
    method: 'POST',
    headers: { 'content-type': 'text/plain' },
    body: Readable.from(source),
    dispatcher: new UndiciAgent(),
  })
  const heard: string[] = []
  for await (const chunk of body) {
    heard.push(String(chunk))
    next()
  }
  return heard
}

export const talks = {
  'node:http': overHttp,
  fetch: overFetch,
  'undici with an agent of its own': overUndici,
}
export const WORDS = ['one', 'two', 'three']
export const ANSWERS = ['one!', 'two!', 'three!', 'bye']
