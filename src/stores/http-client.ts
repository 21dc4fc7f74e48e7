import type { Agent, Dispatcher } from 'undici'

import { sleep } from '../clock.ts'
import { toError } from '../base/to-error.ts'
import { RegistryError } from '../errors/registry-error.ts'

/** How patient a client is. */
export interface Pace {
  /** How long a store may be silent, ms. */
  readonly silence: number
  /** How long it waits before the second try, ms. Later waits are longer. */
  readonly wait: number
}

const PACE: Pace = { silence: 30_000, wait: 100 }
const CONNECT_MS = 10_000
const TRIES = 4
const MAX_RETRY_AFTER_MS = 20_000
/** Statuses after which the same request may succeed. */
const PASSING = new Set([408, 429, 500, 502, 503, 504])

export interface Call {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE'
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array
  /** The most bytes that the answer may have. */
  readonly limit: number
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly bytes: Uint8Array
  /** Whether a try before this one may have had its effect. */
  readonly retried: boolean
}

/** Sends the requests of an engine, and follows no redirect: a credential stays with its host. */
export interface HttpClient {
  /**
   * Sends a request until it is answered, at most four times.
   * @param sign adds what each try needs anew
   * @throws {RegistryError} if the store cannot be reached, or its answer is cut off or too large
   */
  send(call: Call, sign?: (call: Call) => Promise<Call>): Promise<Answer>
  close(): Promise<void>
}

/** @param name the store, in messages */
export async function httpClient(name: string, { silence, wait: firstWait } = PACE): Promise<HttpClient> {
  const { Agent: OwnAgent, request } = await import('undici')
  // An agent of our own: a cassette that is open in this process does not see it.
  const agent: Agent = new OwnAgent({
    connect: { timeout: CONNECT_MS },
    headersTimeout: silence,
    bodyTimeout: silence,
    connections: 16,
  })

  const once = async ({ method, url, headers, body, limit }: Call, retried: boolean): Promise<Answer> => {
    const answer = await request(url, {
      method,
      headers: { ...headers },
      body: body ?? null,
      dispatcher: agent,
    })
    return {
      status: answer.statusCode,
      headers: oneEach(answer.headers),
      bytes: await bounded(answer.body, limit, name),
      retried,
    }
  }

  return {
    async send(call, sign) {
      for (let tries = 1; ; tries += 1) {
        let wait = firstWait * 4 ** (tries - 1)
        try {
          const answer = await once(sign ? await sign(call) : call, tries > 1)
          if (!PASSING.has(answer.status) || tries === TRIES) return answer
          const after = Number(answer.headers['retry-after'])
          if (after > 0) wait = Math.min(after * 1000, MAX_RETRY_AFTER_MS)
        } catch (error) {
          if (error instanceof RegistryError || tries === TRIES) throw unreachable(name, error)
        }
        await sleep(wait)
      }
    },
    close: () => agent.destroy(),
  }
}

const oneEach = (headers: Dispatcher.ResponseData['headers']): Record<string, string | undefined> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]),
  )

async function bounded(body: AsyncIterable<Uint8Array>, limit: number, name: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of body) {
    length += chunk.byteLength
    if (length > limit)
      throw new RegistryError(
        'corrupt',
        `The registry ${name} answered with more than ${limit} bytes, which no object has. It was not used.`,
      )
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function unreachable(name: string, error: unknown): RegistryError {
  if (error instanceof RegistryError) return error
  const { message, code } = toError(error) as { message: string; code?: string }
  return new RegistryError(
    'unreachable',
    `The registry ${name} could not be reached, or its answer broke off: ${message || code || 'no reason is known'}. It was tried ${TRIES} times. ` +
      'Nothing is half done: call it again.',
    { cause: error },
  )
}
