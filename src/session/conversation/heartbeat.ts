import { isDeepStrictEqual } from 'node:util'
import type { CassetteEntry } from '../../cassette/cassette.ts'
import { answerFromInteraction } from '../../cassette/convert.ts'
import type { Recording } from '../replaying/bucket.ts'

/**
 * The recording that answers a GET or HEAD once more, although it was played: a program asks so at intervals while a conversation
 * is open, and how often it does depends on its timers. `undefined`: the recordings of this request gave several answers, or no
 * conversation is open that was open when the last of them was recorded.
 * @param row the recordings of this request, in recorded order
 * @param open whose replay is going on
 */
export function heartbeatOf(row: readonly Recording[], open: Iterable<Recording>): Recording | undefined {
  const [last] = row.slice(-1)
  if (!last || !['GET', 'HEAD'].includes(last.entry.method)) return undefined
  const answer = answerOf(last.entry)
  if (!row.every(({ entry, struck }) => !struck && isDeepStrictEqual(answerOf(entry), answer)))
    return undefined
  const at = Date.parse(last.entry.recordedAt)
  return [...open].some((one) => !row.includes(one) && wasOpen(one.entry, at)) ? last : undefined
}

/** What a client acts on: dates and ids in headers, and delays, differ each time. An exchange that failed equals no other. */
function answerOf(entry: CassetteEntry): unknown {
  const { response, failure, incomplete } = answerFromInteraction(entry.read())
  if (failure || incomplete || !response) return { id: entry.id }
  const body = Buffer.concat(response.chunks.map(({ data }) => data))
  return { status: response.status, body: body.toString('latin1') }
}

function wasOpen(entry: CassetteEntry, at: number): boolean {
  const start = Date.parse(entry.recordedAt)
  if (!(start <= at)) return false
  const interaction = entry.read()
  if (interaction.open) return true
  const { response } = answerFromInteraction(interaction)
  const parts = [...(response?.chunks ?? []), ...(response?.frames ?? [])]
  const took = parts.reduce((sum, { delayMs }) => sum + delayMs, response?.delayMs ?? 0)
  return at <= start + took
}
