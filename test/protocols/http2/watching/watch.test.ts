import assert from 'node:assert/strict'
import { once } from 'node:events'
import http2 from 'node:http2'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

import { withCassette } from '../../../../src/index.ts'
import { tempFolder } from '../../../helpers/temp-folder.ts'

/** The names that are marked as sensitive. */
const marked = (headers: object): unknown => Reflect.get(headers, http2.sensitiveHeaders)

type Handler = (stream: http2.ServerHttp2Stream, headers: http2.IncomingHttpHeaders, log: string[]) => void

/** Runs a client against a new server, and gives what both of them noted. */
async function conversation(
  handler: Handler,
  client: (url: string, log: string[]) => Promise<void>,
  host = '127.0.0.1',
): Promise<string[]> {
  const log: string[] = []
  const server = http2.createServer()
  server.on('sessionError', () => {})
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {})
    handler(stream, headers, log)
  })
  server.listen(0, host)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const sessions = new Set<http2.ServerHttp2Session>()
  server.on('session', (session) => sessions.add(session))
  await client(`http://${host.includes(':') ? `[${host}]` : host}:${port}`, log)
  server.close()
  for (const session of sessions) session.destroy()
  return log.map((line) => line.replaceAll(String(port), 'PORT'))
}

const EVENTS = [
  'ready',
  'continue',
  'response',
  'data',
  'end',
  'aborted',
  'frameError',
  'error',
  'close',
] as const

/** Notes every event of a stream. */
async function follow(stream: http2.ClientHttp2Stream, log: string[]): Promise<void> {
  for (const name of EVENTS)
    stream.on(name as 'error', (value: unknown) => {
      const what =
        value instanceof Error
          ? ` ${String(Reflect.get(value, 'code'))}`
          : Buffer.isBuffer(value)
            ? ` ${value.length}`
            : ''
      log.push(`${name}${what}, id ${stream.id}, pending ${stream.pending}`)
    })
  await new Promise<void>((resolve) => {
    stream.once('close', resolve)
  })
  log.push(`rst ${stream.rstCode}`)
}

async function ask(
  url: string,
  log: string[],
  headers?: http2.OutgoingHttpHeaders,
  options?: http2.ClientSessionOptions,
): Promise<void> {
  const session = http2.connect(url, options)
  session.on('error', () => {})
  try {
    await follow(session.request(headers), log)
  } finally {
    session.close()
  }
}

const answer: Handler = (stream) => {
  stream.respond()
  stream.end('x')
}

const sensitive: Handler = (stream, headers) => {
  const seen = JSON.stringify(marked(headers))
  stream.respond({ 'set-cookie': 'a=1', seen, [http2.sensitiveHeaders]: ['set-cookie'] })
  stream.end()
}

const CASES: Record<string, () => Promise<string[]>> = {
  'an upload that goes on when the server has answered arrives whole': () =>
    conversation(
      (stream, _headers, log) => {
        let bytes = 0
        stream.on('data', (chunk: Buffer) => (bytes += chunk.length))
        stream.on('close', () => log.push(`server: ${bytes} bytes, rst ${stream.rstCode}`))
        stream.respond()
        stream.end('early')
      },
      async (url, log) => {
        const session = http2.connect(url)
        const stream = session.request({ ':method': 'POST' })
        stream.on('end', () => stream.end(Buffer.alloc(100_000)))
        stream.resume()
        await follow(stream, log)
        await sleep(50)
        session.close()
      },
    ),
  'a stream is pending, and has its id, as long and as early as live': () =>
    conversation(answer, async (url, log) => {
      const session = http2.connect(url)
      const first = session.request()
      log.push(`made: id ${first.id}, pending ${first.pending}`)
      session.once('connect', () => {
        const second = session.request().resume()
        log.push(`made later: id ${second.id}, pending ${second.pending}`)
      })
      first.resume()
      await follow(first, log)
      session.close()
    }),
  'sensitive headers are told both ways': () =>
    conversation(sensitive, async (url, log) => {
      const session = http2.connect(url)
      const stream = session.request({ secret: 'v', [http2.sensitiveHeaders]: ['secret'] })
      const [headers] = (await once(stream, 'response')) as [http2.IncomingHttpHeaders]
      log.push(`${String(headers['seen'])} ${JSON.stringify(marked(headers))}`)
      stream.resume()
      await once(stream, 'close')
      session.close()
    }),
  'a header block over `maxSendHeaderBlockLength` is a `frameError`': () =>
    conversation(answer, (url, log) => ask(url, log, undefined, { maxSendHeaderBlockLength: 10 })),
  'a value with a space at its end passes without `strictFieldWhitespaceValidation`': () =>
    conversation(
      (stream) => {
        stream.respond({ a: 'baz ' })
        stream.end()
      },
      async (url, log) => {
        const session = http2.connect(url, {
          strictFieldWhitespaceValidation: false,
        } as http2.ClientSessionOptions)
        const stream = session.request()
        const [headers] = (await once(stream, 'response')) as [http2.IncomingHttpHeaders]
        log.push(JSON.stringify(headers['a']))
        stream.resume()
        await once(stream, 'close')
        session.close()
      },
    ),
  'a server that refuses `Expect: 100-continue` gets no body': () =>
    conversation(
      (stream, _headers, log) => {
        stream.on('data', () => log.push('server: a byte of the body'))
        stream.respond({ ':status': 401 })
        stream.end('denied')
      },
      async (url, log) => {
        const session = http2.connect(url)
        const stream = session.request({ ':method': 'POST', expect: '100-continue' })
        stream.on('continue', () => stream.end('the body'))
        stream.on('end', () => stream.close())
        stream.resume()
        await follow(stream, log)
        session.close()
      },
    ),
  'a server that gives a stream up in the body ends it': () =>
    conversation((stream) => {
      stream.respond({ 'content-length': 60_000 })
      stream.write(Buffer.alloc(30_000))
      stream.destroy()
    }, ask),
  'a program that destroys its session in the body hears what it hears live': () =>
    conversation(
      (stream) => {
        stream.respond()
        stream.write('hello')
      },
      async (url, log) => {
        const session = http2.connect(url)
        session.on('close', () => log.push('session close'))
        const stream = session.request()
        stream.on('data', () => session.destroy())
        await follow(stream, log)
      },
    ),
}

describe('HTTP/2 while recording', () => {
  const folder = tempFolder()
  after(folder.remove)

  for (const [title, run] of Object.entries(CASES))
    it(title, async () => {
      const live = await run()
      const path = `${folder.path}/${title.replaceAll(/\W+/g, '-')}.yaml`
      assert.deepEqual(await withCassette(path, { mode: 'all' }, run), live)
      assert.ok(live.length > 0)
    })

  it('records to an IPv6 address, and replays', async () => {
    const seen: string[] = []
    const run = async (url: string): Promise<void> => {
      const session = http2.connect(url)
      const stream = session.request()
      stream.setEncoding('utf8').on('data', (text: string) => seen.push(text))
      await once(stream, 'close')
      session.close()
    }
    const path = `${folder.path}/ipv6.yaml`
    let address = ''
    await conversation(
      answer,
      async (url) => {
        address = url
        await withCassette(path, () => run(url))
      },
      '::1',
    )
    await withCassette(path, { mode: 'none' }, () => run(address))
    assert.deepEqual(seen, ['x', 'x'])
  })
})
