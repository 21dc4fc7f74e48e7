import { bufferOf } from '../../base/bytes.ts'
import { requestFromInteraction } from '../../cassette/convert.ts'
import type { ExchangeRequest } from '../../exchange/exchange.ts'
import { canonicalize } from '../../fingerprint/canonicalize.ts'
import { interactionText } from '../../cassette/interaction-text.ts'
import { type InteractionRequest, NO_MATCH } from '../../cassette/interaction.ts'
import { type Difference, differencesOfCanonical } from '../../fingerprint/differences/differences.ts'
import { type MatchRules, optionsNow, optionsOf } from '../options/match-rules.ts'
import type { CanonicalRequest } from '../../providers/types.ts'
import type { Recording } from './bucket.ts'
import { unlikeness } from '../../base/unlikeness.ts'

/** A request that no recording answered, redacted. */
export interface MissedRequest {
  readonly request: ExchangeRequest
  /** The same request in the form in which the file stores it. */
  readonly stored: InteractionRequest
}

export interface NearestRecording {
  readonly recording: Recording
  readonly recorded: CanonicalRequest
  readonly incoming: CanonicalRequest
  readonly differences: readonly Difference[]
}

/** At most so many recordings are compared, those whose text is most like the request. A miss must not take seconds. */
const MAX_COMPARED = 60
/** At most so many bytes of all requests together are looked at, but of each so many at its start and its end. */
const READ_BYTES = 8 * 1024 * 1024
const MIN_READ_BYTES = 512

/**
 * The recording nearest to a request: first the same method, path and operation, then the fewest paths that differ,
 * then the latest. Each recording is compared by the list that it is matched by.
 * @param rules with the list given for this run; without: the list of each recording
 */
export function nearestRecording(
  { request, stored }: MissedRequest,
  recordings: readonly Recording[],
  rules: MatchRules,
): NearestRecording | undefined {
  const canonicals = new Map<string, CanonicalRequest>()
  let best: (NearestRecording & { same: boolean }) | undefined
  for (const recording of mostAlike(stored, recordings)) {
    const { entry } = recording
    const list = rules.matchOn ?? entry.match?.on
    const options = optionsNow({ ...rules, matchOn: list })
    const name = list?.join() ?? ''
    const incoming = canonicals.get(name) ?? canonicalize(request, options)
    canonicals.set(name, incoming)
    const former = requestFromInteraction(entry.read().request)
    const recorded = canonicalize(former, optionsOf(rules, entry, list))
    const same = (['method', 'path', 'op'] as const).every((part) => recorded[part] === incoming[part])
    if (best?.same && !same) continue
    const differences = differencesOfCanonical(recorded, incoming, options)
    if (!best || (same && !best.same) || differences.length <= best.differences.length)
      best = { recording, recorded, incoming, differences, same }
  }
  return best
}

/** The recordings whose requests differ from `request` in the fewest words, in recorded order. */
function mostAlike(request: InteractionRequest, recordings: readonly Recording[]): readonly Recording[] {
  if (recordings.length <= MAX_COMPARED) return recordings
  const wanted = interactionText({ id: '', recorded_at: '', match: NO_MATCH, request })
  const limit = Math.max(MIN_READ_BYTES, Math.floor(READ_BYTES / recordings.length))
  const unlike = unlikeness(requestOf(wanted), limit)
  return recordings
    .map((recording) => ({ recording, unlike: unlike(requestOf(recording.entry.text)) }))
    .toSorted((a, b) => a.unlike - b.unlike || b.recording.position - a.recording.position)
    .slice(0, MAX_COMPARED)
    .map(({ recording }) => recording)
    .toSorted((a, b) => a.position - b.position)
}

/** The bytes of an item that hold its request. */
function requestOf(text: string | Uint8Array): Buffer {
  const bytes = typeof text === 'string' ? Buffer.from(text) : bufferOf(text)
  const start = Math.max(0, bytes.indexOf('request:'))
  const end = bytes.indexOf('\n    match:', start)
  return bytes.subarray(start, end === -1 ? bytes.length : end)
}
