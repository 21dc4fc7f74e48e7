import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync, zstdDecompressSync } from 'node:zlib'
import { isDeepStrictEqual } from 'node:util'
import type { Exchange, FidelityClient, View } from './types.ts'
import { bodyView, bytesOf } from './view.ts'

/** An allowed difference between a replay and the live view. No other difference is allowed. */
export interface Difference {
  readonly reason: string
  /** The difference depends on timing. It counts for every exchange where it may occur. */
  readonly sometimes?: true
  readonly covers: (exchange: Exchange, client: FidelityClient) => boolean
  /** Whether `replay` is the expected view after this `live` view. */
  readonly holds: (live: View, replay: View) => boolean
}

const named =
  (...names: readonly string[]) =>
  ({ name }: Exchange): boolean =>
    names.includes(name)

const lower = (name: string): string => name.toLowerCase()

const DECODERS: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array>> = {
  gzip: gunzipSync,
  br: brotliDecompressSync,
  zstd: zstdDecompressSync,
  deflate: (bytes) => ((bytes[0] ?? 0) % 16 === 8 ? inflateSync(bytes) : inflateRawSync(bytes)),
}

/** Decodes the body if the client has not done so. */
function meaning({ headers, body }: View): unknown {
  const codings = headers?.find(([name]) => lower(name) === 'content-encoding')?.[1].replaceAll('"', '')
  let bytes: Uint8Array | undefined = body && bytesOf(body)
  try {
    for (const coding of (codings ?? '')
      .split(',')
      .map((one) => one.trim())
      .toReversed())
      bytes = bytes && (DECODERS[coding]?.(bytes) ?? bytes)
  } catch {
    // The client has decoded the body already, or the body was cut short.
  }
  return bytes && bodyView(bytes)
}

const withoutLength = (view: View): View => ({
  ...view,
  ...(view.headers ? { headers: view.headers.filter(([name]) => lower(name) !== 'content-length') } : {}),
})

const recompressed: Difference = {
  reason:
    'a compressed body is stored decoded and compressed again: the compressed bytes and their content-length differ, what they decode to does not',
  covers: ({ name }) => /gzip|deflate|zstd|^br$|two codings/.test(name) && name !== 'gzip, cut short',
  holds(live, replay) {
    const { body: _, ...liveRest } = withoutLength(live)
    const { body: __, ...replayRest } = withoutLength(replay)
    // axios turns bytes that it cannot decode into text.
    const garbled = typeof live.result === 'string' && typeof replay.result === 'string'
    const same = garbled
      ? isDeepStrictEqual({ ...liveRest, result: '' }, { ...replayRest, result: '' })
      : isDeepStrictEqual(liveRest, replayRest)
    return same && isDeepStrictEqual(meaning(live), meaning(replay))
  },
}

const cutShort: Difference = {
  reason:
    'of a compressed body that was cut short, what can be decoded is replayed: a few bytes more or less than live',
  sometimes: true,
  covers: named('gzip, cut short'),
  holds(live, replay) {
    const { body, ...liveRest } = live
    const { body: again, ...replayRest } = replay
    if (!isDeepStrictEqual(liveRest, replayRest)) return false
    if (!body || !again) return body === again
    // Either one body is the beginning of the other, or the client did not decode it.
    const [a, b] = [bytesOf(body), bytesOf(again)]
    const length = Math.min(a.byteLength, b.byteLength)
    return a.subarray(0, length).equals(b.subarray(0, length)) || (a[0] === 0x1f && b[0] === 0x1f)
  },
}

/** Redacts cookie values as a cassette does, in any format that a client uses for headers. */
const withoutCookies = (text: string): string =>
  text.replaceAll(/\b([ab])=(?:[123]|REDACTED(?:-\d+)*|\d{5,})/g, '$1=REDACTED')

const cookies: Difference = {
  reason: 'cookie values are redacted in the cassette (unless kept with `redact.keep`)',
  covers: named('set-cookie, three times'),
  holds: (live, replay) => {
    const hidden = (view: View): View => ({
      ...view,
      ...(view.headers
        ? { headers: view.headers.map(([name, value]) => [name, withoutCookies(value)] as const) }
        : {}),
    })
    return isDeepStrictEqual(hidden(live), hidden(replay))
  },
}

const stoppedReading: Difference = {
  reason: 'how many events had come when the program stopped reading is a matter of timing',
  sometimes: true,
  covers: (exchange, { dialect }) =>
    dialect !== 'plain' && named('aborted at the head', 'aborted in the body')(exchange),
  holds(live, replay) {
    if (!Array.isArray(live.result) || !Array.isArray(replay.result)) return false
    const length = Math.min(live.result.length, replay.result.length)
    const cut = (view: View): View => ({ ...view, result: (view.result as unknown[]).slice(0, length) })
    return length > 0 && isDeepStrictEqual(cut(live), cut(replay))
  },
}

const unframed: Difference = {
  reason:
    'this client sends the body of a DELETE without a length: live servers take it for the next request, in replay it is an error',
  covers: named('DELETE with a body'),
  holds: (live, replay) => (live.body?.start.includes('"bytes":0') ?? false) && replay.error !== undefined,
}

export const DIFFERENCES: readonly Difference[] = [recompressed, cutShort, cookies, stoppedReading, unframed]
