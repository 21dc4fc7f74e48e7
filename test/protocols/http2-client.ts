import assert from 'node:assert/strict'
import http2 from 'node:http2'

import { withCassette } from '../../src/index.ts'

/** Everything a program can see of a stream, and of its session. */
export interface StreamView {
  informational: string[][]
  head?: string[]
  body: string
  trailers?: string[]
  aborted: boolean
  rstCode: number | undefined
  error?: { name: string; code: unknown; message: string }
  sessionError?: { code: unknown; message: string }
}

export interface Asked {
  readonly path: string
  readonly method?: string
  readonly headers?: http2.OutgoingHttpHeaders
  readonly body?: string | Buffer
  /** Called with the stream as soon as it exists. */
  readonly use?: (stream: http2.ClientHttp2Stream, session: http2.ClientHttp2Session) => void
}

const errorOf = (error: Error) => ({
  name: error.name,
  code: Reflect.get(error, 'code'),
  message: error.message,
})

/** Makes one request on a session and waits for the end of its stream. */
export function ask(session: http2.ClientHttp2Session, asked: Asked): Promise<StreamView> {
  const view: StreamView = { informational: [], body: '', aborted: false, rstCode: undefined }
  let isClosed = false
  session.once('close', () => void (isClosed = true))
  session.setMaxListeners(0)
  session.on('error', (error) => {
    const { code, message } = errorOf(error as Error)
    view.sessionError = { code, message }
  })
  const { path, method = asked.body === undefined ? 'GET' : 'POST', headers } = asked
  return new Promise((resolve) => {
    const stream = session.request({ ':path': path, ':method': method, ...headers }, { endStream: false })
    stream.setEncoding('utf8')
    stream.on('headers', (_headers, _flags, raw) => view.informational.push([...raw]))
    stream.on('response', (_headers, _flags, raw) => void (view.head = [...raw]))
    stream.on(
      'trailers',
      (_headers: unknown, _flags: unknown, raw: string[]) => void (view.trailers = [...raw]),
    )
    stream.on('data', (text: string) => void (view.body += text))
    stream.on('aborted', () => void (view.aborted = true))
    stream.on('error', (error) => void (view.error = errorOf(error)))
    stream.on('close', () => {
      view.rstCode = stream.rstCode
      // Events of the session come a moment later.
      setTimeout(() => {
        if (session.destroyed && !isClosed) session.once('close', () => resolve(view))
        else resolve(view)
      }, 20)
    })
    asked.use?.(stream, session)
    if (!stream.destroyed) stream.end(asked.body)
  })
}

/** Makes one request on its own session. */
export async function askOnce(
  server: { readonly url: string; readonly ca?: string | undefined },
  asked: Asked,
  options: http2.SecureClientSessionOptions = {},
): Promise<StreamView> {
  const session = http2.connect(server.url, { ...(server.ca ? { ca: server.ca } : {}), ...options })
  try {
    return await ask(session, asked)
  } finally {
    session.destroy()
  }
}

/**
 * Runs it live, while recording and, with the server stopped, in replay. All three views must be equal.
 * @param count how many recordings are played; `undefined`: it depends on timing
 */
export async function sameInReplay<T>(
  path: string,
  stop: () => Promise<void>,
  run: () => Promise<T>,
  count?: number,
): Promise<T> {
  const live = await run()
  const recorded = await withCassette(path, { mode: 'all' }, run)
  assert.deepEqual(recorded, live, 'while recording')
  await stop()
  const replayed = await withCassette(path, { mode: 'none' }, async (cassette) => {
    const seen = await run()
    if (count !== undefined) assert.equal(cassette.played, count)
    return seen
  })
  assert.deepEqual(replayed, live, 'in replay')
  return live
}
