import type { FixtureExchange } from '../helpers/exchange-files.ts'

/** One response, as the client's transport delivered it. */
export interface SeenResponse {
  readonly status: number
  /** In the order in which the client lists them. Names are in lower case. */
  readonly headers: ReadonlyArray<readonly [name: string, value: string]>
  readonly body: Buffer
  /** The SDK stopped reading before the end. */
  readonly cut?: true
}

/** What a driver saw of one exchange: the responses on the wire and the SDK's result. */
export interface DriverOutcome {
  readonly responses: readonly SeenResponse[]
  /** The SDK's result as plain data; for a stream, the list of its events. */
  readonly result?: unknown
  /** Name, message, status and code of the SDK's error, as plain data. */
  readonly error?: unknown
}

export interface Driver {
  readonly name: string
  /** Whether this driver can send the exchange. */
  readonly accepts: (exchange: FixtureExchange) => boolean
  /** Sends the exchange to `base`, a URL without the recorded path. Resolves when the whole response was read. */
  readonly send: (exchange: FixtureExchange, base: string) => Promise<DriverOutcome>
}

/** A fetch that keeps a copy of every response that the SDK reads. */
export function tapFetch(): { fetch: typeof fetch; responses: () => Promise<SeenResponse[]> } {
  const copies: Array<Promise<SeenResponse>> = []
  return {
    fetch: async (input, init) => {
      const response = await fetch(input, init)
      // The OpenAI SDK tests its fetch with a data: URL before an upload.
      if (response.url.startsWith('http')) copies.push(read(response.clone()))
      return response
    },
    responses: () => Promise.all(copies),
  }
}

async function read(response: Response): Promise<SeenResponse> {
  const chunks: Uint8Array[] = []
  const head = { status: response.status, headers: [...response.headers] }
  try {
    for await (const chunk of response.body ?? []) chunks.push(chunk)
    return { ...head, body: Buffer.concat(chunks) }
  } catch {
    return { ...head, body: Buffer.concat(chunks), cut: true }
  }
}

/** Runs one SDK call. @returns its outcome: the result or the error */
export async function outcomeOf(
  responses: () => Promise<readonly SeenResponse[]>,
  call: () => Promise<unknown>,
): Promise<DriverOutcome> {
  try {
    const result = plain(await all(await call()))
    return { result, responses: await responses() }
  } catch (error) {
    return { error: plainError(error), responses: await responses() }
  }
}

/** Reads a stream's events into a list. Returns any other value unchanged. */
async function all(value: unknown): Promise<unknown> {
  if (typeof value !== 'object' || value === null || !(Symbol.asyncIterator in value)) return value
  return Array.fromAsync(value as AsyncIterable<unknown>)
}

/** Converts a result to JSON data with bytes as base64, so that two results can be compared completely. */
function plain(value: unknown): unknown {
  const text = JSON.stringify(value, (_, item: unknown) =>
    item instanceof Uint8Array ? { base64: Buffer.from(item).toString('base64') } : item,
  )
  return text === undefined ? undefined : (JSON.parse(text) as unknown)
}

function plainError(error: unknown): unknown {
  if (!(error instanceof Error)) return { thrown: plain(error) }
  const { status, statusCode, code, error: body } = error as Error & Record<string, unknown>
  return plain({ name: error.name, message: error.message, status, statusCode, code, body })
}
