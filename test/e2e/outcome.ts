import type { FixtureExchange } from '../helpers/exchange-files.ts'

/** One response as the client's transport handed it over. */
export interface SeenResponse {
  readonly status: number
  /** In the order the client lists them, names in lower case. */
  readonly headers: ReadonlyArray<readonly [name: string, value: string]>
  readonly body: Buffer
  /** The SDK stopped reading before the end. */
  readonly cut?: true
}

/** What a driver saw of one exchange: the responses on the wire and what the SDK made of them. */
export interface DriverOutcome {
  readonly responses: readonly SeenResponse[]
  /** Plain data: the SDK's result, or for a stream the list of its events. */
  readonly result?: unknown
  /** Plain data: name, message, status and code of what the SDK threw. */
  readonly error?: unknown
}

export interface Driver {
  readonly name: string
  /** Whether this driver knows how to send that exchange. */
  readonly accepts: (exchange: FixtureExchange) => boolean
  /** Sends it to `base`, a URL that ends before the recorded path, and resolves when all was read. */
  readonly send: (exchange: FixtureExchange, base: string) => Promise<DriverOutcome>
}

/** A fetch that keeps a copy of every response beside the one the SDK reads. */
export function tapFetch(): { fetch: typeof fetch; responses: () => Promise<SeenResponse[]> } {
  const copies: Array<Promise<SeenResponse>> = []
  return {
    fetch: async (input, init) => {
      const response = await fetch(input, init)
      // the OpenAI SDK probes its fetch with a data: URL before an upload
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

/** Runs one SDK call and turns what comes of it into an outcome. */
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

/** A stream's events as a list; anything else as it is. */
async function all(value: unknown): Promise<unknown> {
  if (typeof value !== 'object' || value === null || !(Symbol.asyncIterator in value)) return value
  return Array.fromAsync(value as AsyncIterable<unknown>)
}

/** JSON data with bytes as base64, so that two results can be compared whole. */
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
