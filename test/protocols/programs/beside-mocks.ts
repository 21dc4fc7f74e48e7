// Records and replays in a process where another library intercepts too. Arguments: the library (`msw`, `nock`, or the
// path of another copy of the interceptors' http entry), and `first` or `second`: when it starts, seen from cassette.
// The library mocks the path /mocked and lets everything else pass. Prints, as JSON, what each client got: see `Beside`.
import { existsSync, readFileSync } from 'node:fs'
import http from 'node:http'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import type * as Interceptors from '@mswjs/interceptors/http'
import { Agent, request as undiciRequest } from 'undici'

import { withCassette } from '../../../src/index.ts'
import { startServer } from '../../helpers/server.ts'
import { tempFolder } from '../../helpers/temp-folder.ts'

export interface Beside {
  readonly client: string
  /** /a, /mocked and /b inside a cassette that records. */
  readonly recording: string
  /** The paths in the file. */
  readonly tape: readonly string[]
  /** /a and /b in replay. */
  readonly replay: string
  /** How many requests the replay sent to the server. */
  readonly leaked: number
  /** /a and /mocked after it. */
  readonly outside: string
}

const [, , library = '', order = ''] = process.argv
const server = await startServer((request, response) => void response.end(`real ${request.path}`))
const folder = tempFolder()

const keepAlive = new http.Agent({ keepAlive: true })
const agent = new Agent()
const get = (url: string, via: http.Agent | false): Promise<string> =>
  new Promise((resolve, reject) => {
    const request = http.get(url, { agent: via }, (response) => {
      response.setEncoding('utf8')
      let text = ''
      response.on('data', (chunk: string) => (text += chunk))
      response.on('end', () => resolve(text))
      response.on('error', reject)
    })
    request.on('error', reject)
  })
const CLIENTS: Readonly<Record<string, (url: string) => Promise<string>>> = {
  fetch: async (url) => (await fetch(url)).text(),
  'undici Agent': async (url) => (await undiciRequest(url, { dispatcher: agent })).body.text(),
  'http, keep-alive': (url) => get(url, keepAlive),
  'http, no agent': (url) => get(url, false),
}

const unknown = (): Promise<string> => Promise.resolve('no such client')

async function startLibrary(): Promise<void> {
  if (library === 'msw') {
    const { http: on, HttpResponse } = await import('msw')
    const { setupServer } = await import('msw/node')
    setupServer(on.get(`${server.url}/mocked`, () => HttpResponse.text('MOCK'))).listen({
      onUnhandledFrame: 'bypass',
    })
  } else if (library === 'nock') {
    const { default: nock } = await import('nock')
    nock(server.url, { allowUnmocked: true }).persist().get('/mocked').reply(200, 'MOCK')
  } else {
    const copy = (await import(pathToFileURL(library).href)) as typeof Interceptors
    const interceptor = new copy.HttpRequestInterceptor()
    interceptor.on('request', ({ request, controller }) => {
      if (request.url.endsWith('/mocked')) controller.respondWith(new Response('MOCK'))
    })
    interceptor.apply()
  }
}

const attempt = async (run: () => Promise<string>): Promise<string> => {
  try {
    return await run()
  } catch (error) {
    return String((error as { code?: unknown }).code ?? error)
  }
}

async function ask(client: string, ...paths: string[]): Promise<string> {
  const answers: string[] = []
  for (const path of paths)
    answers.push(await attempt(() => (CLIENTS[client] ?? unknown)(`${server.url}${path}`)))
  return answers.join(', ')
}

if (order === 'first') await startLibrary()
else {
  await withCassette(join(folder.path, 'zero.yaml'), () => ask('fetch', '/zero'))
  await startLibrary()
}
const results: Beside[] = []
for (const client of Object.keys(CLIENTS)) {
  const path = join(folder.path, `${results.length}.yaml`)
  const recording = await attempt(() => withCassette(path, () => ask(client, '/a', '/mocked', '/b')))
  const text = existsSync(path) ? readFileSync(path, 'utf8') : ''
  const tape = [...text.matchAll(/ url: .*(\/\w+)$/gm)].map(([, one]) => one ?? '')
  const before = server.requests.length
  const replay = await attempt(() => withCassette(path, { mode: 'none' }, () => ask(client, '/a', '/b')))
  const leaked = server.requests.length - before
  // Another copy over ours works alone: its behaviour is not promised.
  const promised = order === 'first' || recording !== 'CASSETTE_FOREIGN_INTERCEPTORS'
  const outside = promised ? await ask(client, '/a', '/mocked') : 'not asked'
  results.push({ client, recording, tape, replay, leaked, outside })
}
folder.remove()
process.stdout.write(JSON.stringify(results))
