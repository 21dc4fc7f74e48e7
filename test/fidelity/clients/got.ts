import got, { RequestError } from 'got'
import { Readable } from 'node:stream'
import { bodyView, drain, errorView, pairsOf, pathOf } from '../view.ts'
import type { Call, FidelityClient, View } from '../types.ts'
import { aborting } from './aborting.ts'
import { libraryClient, WHOLE } from './library-client.ts'
import { wholeBody } from './objects.ts'

function optionsOf(call: Call, signal: AbortSignal): object {
  const body = wholeBody(call)
  return {
    method: call.method as 'GET',
    headers: Object.fromEntries(call.headers),
    signal,
    retry: { limit: 0 },
    throwHttpErrors: false,
    enableUnixSockets: true,
    ...(call.timeoutMs ? { timeout: { response: call.timeoutMs, read: call.timeoutMs } } : {}),
    ...(body === undefined ? {} : { body, allowGetBody: true }),
    ...(call.stream ? { body: Readable.from(call.stream()) } : {}),
  }
}

const urlOf = (call: Call): string =>
  call.socketPath ? `http://unix:${call.socketPath}:${pathOf(call.url)}` : call.url

/** got as a promise of a buffer. */
async function viaGot(call: Call): Promise<View> {
  const interim: string[] = []
  try {
    const asked = got(urlOf(call), { ...optionsOf(call, aborting(call).signal), responseType: 'buffer' })
    void asked.on('request', (request) =>
      request.on('information', ({ statusCode, rawHeaders }) =>
        interim.push(`${statusCode} ${rawHeaders.join('|')}`),
      ),
    )
    const response = await asked
    return {
      status: response.statusCode,
      reason: response.statusMessage ?? '',
      httpVersion: response.httpVersion,
      headers: pairsOf(response.rawHeaders),
      trailers: pairsOf(response.rawTrailers),
      body: bodyView(response.rawBody),
      url: response.url,
      result: { interim },
    }
  } catch (error) {
    // The cause is Node's error. got's own error already has its name and code.
    return { error: error instanceof RequestError ? [`${error.name} ${error.code}`] : errorView(error) }
  }
}

/** got as a stream. */
async function viaGotStream(call: Call): Promise<View> {
  const { signal, atHead, read } = aborting(call)
  try {
    const stream = got.stream(urlOf(call), optionsOf(call, signal))
    const head: { view?: View } = {}
    stream.on('response', (response: { statusCode: number; rawHeaders: string[] }) => {
      head.view = { status: response.statusCode, headers: pairsOf(response.rawHeaders) }
      atHead()
    })
    const all = await drain(stream as AsyncIterable<Uint8Array>, read)
    return { ...head.view, ...all }
  } catch (error) {
    return { error: errorView(error) }
  }
}

const NO_BLOB = { blob: 'got takes no Blob' }

export const GOT_CLIENTS: readonly FidelityClient[] = [
  libraryClient('got', viaGot, { ...NO_BLOB, ...WHOLE }),
  libraryClient('got.stream', viaGotStream, NO_BLOB, {
    family: 'got',
    never: { OPTIONS: 'got.stream waits for a body to be piped in' },
  }),
]
