import http from 'node:http'
import https from 'node:https'

import { Agent, request as undiciRequest } from 'undici'

/** What a client tells its program about one exchange, as data to compare. */
export interface View {
  readonly status?: number
  readonly reason?: string
  readonly headers?: readonly string[]
  readonly body?: string
  /** `name code` of the failure, or of its cause if the client wraps it. */
  readonly error?: string
}

export interface ViewOptions {
  readonly method?: string
  readonly body?: string
  /** PEM of the certificate authority to trust, for `https:`. */
  readonly ca?: string
  /** The client gives up after this many milliseconds. */
  readonly timeoutMs?: number
}

export interface ViewingClient {
  readonly name: string
  /** Which of the two patches answers it: the dispatcher or the socket layer. */
  readonly seam: 'dispatcher' | 'socket'
  view(url: string, options?: ViewOptions): Promise<View>
}

function failure(error: unknown): string {
  const outer = error as Error & { code?: string }
  const told = outer.cause instanceof Error ? (outer.cause as Error & { code?: string }) : outer
  return `${told.name} ${told.code ?? told.message}`
}

async function viewFetch(url: string, { method, body, timeoutMs }: ViewOptions = {}): Promise<View> {
  try {
    const response = await fetch(url, {
      ...(method ? { method } : {}),
      ...(body === undefined ? {} : { body }),
      ...(timeoutMs ? { signal: AbortSignal.timeout(timeoutMs) } : {}),
    })
    const view = {
      status: response.status,
      reason: response.statusText,
      headers: [...response.headers].map(([name, value]) => `${name}: ${value}`),
    }
    const [text, error] = await drained(response.body ?? [])
    return { ...view, body: text, ...(error ? { error } : {}) }
  } catch (error) {
    return { error: failure(error) }
  }
}

/** The text that arrived, and the failure after it. */
async function drained(body: AsyncIterable<Uint8Array> | []): Promise<[text: string, error?: string]> {
  const chunks: Uint8Array[] = []
  try {
    for await (const chunk of body) chunks.push(chunk)
    return [Buffer.concat(chunks).toString('latin1')]
  } catch (error) {
    return [Buffer.concat(chunks).toString('latin1'), failure(error)]
  }
}

async function viewAgent(url: string, options: ViewOptions = {}): Promise<View> {
  const { method, body, timeoutMs, ca } = options
  const dispatcher = new Agent(ca ? { connect: { ca } } : {})
  try {
    const response = await undiciRequest(url, {
      dispatcher,
      method: method ?? 'GET',
      responseHeaders: 'raw',
      ...(body === undefined ? {} : { body }),
      ...(timeoutMs ? { headersTimeout: timeoutMs, bodyTimeout: timeoutMs } : {}),
    })
    const raw = response.headers as unknown as (string | Buffer)[]
    const lines = raw.map(String)
    const headers = lines.flatMap((name, i) => (i % 2 === 0 ? [`${name}: ${lines[i + 1]}`] : []))
    const [text, error] = await drained(response.body)
    return { status: response.statusCode, headers, body: text, ...(error ? { error } : {}) }
  } catch (error) {
    return { error: failure(error) }
  } finally {
    void dispatcher.destroy()
  }
}

const viewHttp =
  (agentOf: (secure: boolean) => http.Agent | false) =>
  (url: string, { method, body, timeoutMs, ca }: ViewOptions = {}): Promise<View> =>
    new Promise((resolve) => {
      const secure = url.startsWith('https:')
      const request = (secure ? https : http).request(url, {
        method: method ?? 'GET',
        agent: agentOf(secure),
        ...(ca ? { ca } : {}),
      })
      let head: View = {}
      let text = ''
      let told: string | undefined
      const tell = (error: Error): void => void (told ??= failure(error))
      request.on('error', tell)
      if (timeoutMs)
        request.setTimeout(timeoutMs, () =>
          request.destroy(Object.assign(new Error('too slow'), { code: 'CLIENT_TIMEOUT' })),
        )
      request.on('response', (response) => {
        const { statusCode, statusMessage, rawHeaders } = response
        head = {
          ...(statusCode === undefined ? {} : { status: statusCode }),
          reason: statusMessage ?? '',
          headers: rawHeaders.flatMap((name, i) => (i % 2 === 0 ? [`${name}: ${rawHeaders[i + 1]}`] : [])),
        }
        response.setEncoding('latin1')
        response.on('data', (chunk: string) => (text += chunk))
        response.on('error', tell)
      })
      request.on('close', () =>
        // A response that is still buffered arrives after the request's end.
        setImmediate(() =>
          resolve({ ...head, ...(head.status ? { body: text } : {}), ...(told ? { error: told } : {}) }),
        ),
      )
      request.end(body)
    })

const keepAlive = { http: new http.Agent({ keepAlive: true }), https: new https.Agent({ keepAlive: true }) }

/** One client for each way a request can take through the protocols. */
export const VIEWING_CLIENTS: readonly ViewingClient[] = [
  { name: 'fetch', seam: 'dispatcher', view: viewFetch },
  { name: 'undici with an Agent of its own', seam: 'socket', view: viewAgent },
  {
    name: 'http, keep-alive',
    seam: 'socket',
    view: viewHttp((secure) => keepAlive[secure ? 'https' : 'http']),
  },
  { name: 'http, no agent', seam: 'socket', view: viewHttp(() => false) },
]
