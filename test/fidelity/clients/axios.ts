import axios, { AxiosError } from 'axios'
import { Readable } from 'node:stream'
import { bodyView, drain, entriesOf, errorView } from '../view.ts'
import type { Call, FidelityClient, View } from '../types.ts'
import { aborting } from './aborting.ts'
import { FETCH_LACKS } from './fetch-client.ts'
import { libraryClient, WHOLE } from './library-client.ts'
import { wholeBody } from './objects.ts'

interface Streamed {
  readonly status?: number
  readonly statusText?: string
  readonly headers: object
  readonly data: AsyncIterable<Uint8Array>
}

function optionsOf(call: Call, signal: AbortSignal): object {
  const data = wholeBody(call)
  return {
    url: call.url,
    method: call.method,
    headers: Object.fromEntries(call.headers),
    signal,
    ...(call.socketPath ? { socketPath: call.socketPath } : {}),
    ...(call.timeoutMs ? { timeout: call.timeoutMs } : {}),
    ...(data === undefined ? {} : { data }),
    ...(call.stream ? { data: Readable.from(call.stream()) } : {}),
  }
}

/** axios with `responseType: 'stream'`: the program reads the body as it arrived. */
async function viaAxios(call: Call, adapter: 'http' | 'fetch'): Promise<View> {
  const { signal, atHead, read } = aborting(call)
  try {
    const options = { ...optionsOf(call, signal), adapter, responseType: 'stream' as const }
    const response = await axios.request<unknown, Streamed>({ ...options, validateStatus: () => true })
    atHead()
    return {
      status: response.status ?? 0,
      reason: response.statusText ?? '',
      headers: entriesOf({ ...response.headers }),
      ...(await drain(response.data, read)),
    }
  } catch (error) {
    return { error: errorView(error) }
  }
}

/** axios as most programs use it: it parses JSON, and throws for a status of 400 and above. */
async function viaAxiosData(call: Call): Promise<View> {
  try {
    const { data, status, headers } = await axios.request<unknown>(optionsOf(call, aborting(call).signal))
    return { status, headers: entriesOf(headers), result: bodyOf(data) }
  } catch (error) {
    const response = error instanceof AxiosError ? error.response : undefined
    return {
      error: errorView(error),
      ...(response ? { status: response.status, result: bodyOf(response.data) } : {}),
    }
  }
}

const bodyOf = (data: unknown): unknown =>
  typeof data === 'string' && data.length > 1000 ? bodyView(Buffer.from(data)) : data

export const AXIOS_CLIENTS: readonly FidelityClient[] = [
  libraryClient('axios', viaAxiosData, { stream: 'covered by `axios, http adapter, stream`', ...WHOLE }),
  libraryClient('axios, http adapter, stream', (call) => viaAxios(call, 'http'), {}, { family: 'axios' }),
  libraryClient(
    'axios, fetch adapter, stream',
    (call) => viaAxios(call, 'fetch'),
    { ...FETCH_LACKS, stream: 'the fetch adapter wants a web stream' },
    { family: 'axios' },
  ),
]
