import { bufferOf, joinChunks } from '../../../base/bytes.ts'
import type { CassetteEntry } from '../../../cassette/cassette.ts'
import { answerFromInteraction, requestFromInteraction } from '../../../cassette/convert.ts'
import type { Exchange, ExchangeResponse, HeaderPairs } from '../../../exchange/exchange.ts'
import {
  asksForCredentials,
  givesCredentials,
  shiftExpiries,
} from '../../../providers/freshness/credentials.ts'
import { shiftHeaders, withoutWaits } from '../../../providers/freshness/headers.ts'
import type { ResolvedOptions } from '../../options/options.ts'

/** A younger recording is fresh as it is, s. */
const FRESH_S = 60
/** A longer body gives no credentials, bytes. */
const MAX_CREDENTIALS = 100_000

interface Asked {
  readonly headers: HeaderPairs
  /** The time of the program's clock, ms since 1970. */
  readonly now: number
}

/** The recorded answer as the server would give it now: times that clients compare with their clock are told anew. */
export function refreshed(
  exchange: Exchange,
  { refresh, delayFactor }: Pick<ResolvedOptions, 'refresh' | 'delayFactor'>,
  { headers: sent, now }: Asked,
): Exchange {
  const { response } = exchange
  if (!refresh || !response) return exchange
  const ready = delayFactor === 0 ? withoutDelay(response, sent) : response
  const seconds = secondsLater(exchange, refresh, now)
  return { ...exchange, response: seconds === 0 ? ready : shifted(ready, seconds) }
}

/** By how many seconds the times of an answer are told later; 0: they stay as they are. */
export function secondsLater({ recordedAt }: Exchange, refresh: boolean, now: number): number {
  const seconds = Math.floor((now - Date.parse(recordedAt)) / 1000)
  return !refresh || !Number.isFinite(seconds) || Math.abs(seconds) < FRESH_S ? 0 : seconds
}

const withoutDelay = (response: ExchangeResponse, sent: HeaderPairs): ExchangeResponse => ({
  ...response,
  headers: withoutWaits(response.headers, response.status, sent),
})

function shifted(response: ExchangeResponse, seconds: number): ExchangeResponse {
  const headers = shiftHeaders(response.headers, seconds)
  const body = textOf(response)
  const now = body && shiftExpiries(body, seconds)
  const [first] = response.chunks
  if (now === undefined || now === body || !first) return { ...response, headers }
  const data = bufferOf(new TextEncoder().encode(now))
  return { ...response, headers: withLength(headers, data.length), chunks: [{ ...first, data }] }
}

const withLength = (headers: HeaderPairs, length: number): HeaderPairs =>
  headers.map(([name, value]) => [name, name.toLowerCase() === 'content-length' ? String(length) : value])

/** The body of an answer if it is short enough to be one that gives credentials. */
function textOf({ chunks, frames }: ExchangeResponse): string | undefined {
  const length = chunks.reduce((sum, { data }) => sum + data.length, 0)
  if (frames || length === 0 || length > MAX_CREDENTIALS) return undefined
  return bufferOf(joinChunks(chunks)).toString()
}

const known = new WeakMap<CassetteEntry, boolean>()

/** Whether a recording gives credentials: it answers as often as it is asked. */
export function isCredentials(entry: CassetteEntry): boolean {
  const before = known.get(entry)
  if (before !== undefined) return before
  const interaction = entry.read()
  const { response } = answerFromInteraction(interaction)
  const { body } = requestFromInteraction(interaction.request)
  const isOne =
    (response?.status ?? 500) < 400 &&
    (asksForCredentials(entry.url, body && body.length <= MAX_CREDENTIALS ? bufferOf(body).toString() : '') ||
      givesCredentials((response && textOf(response)) ?? ''))
  known.set(entry, isOne)
  return isOne
}
