import { fromInteraction } from '../cassette/convert.ts'
import { CassetteMiss } from '../errors/cassette-miss.ts'
import type { ExchangeRequest } from '../exchange/types.ts'
import { canonicalize } from '../fingerprint/canonicalize.ts'
import { nearest } from '../fingerprint/nearest.ts'
import type { CanonicalRequest } from '../providers/types.ts'
import type { Redactor } from '../redaction/redactor.ts'
import { renderMiss } from '../reports/miss.ts'
import { matchRequest } from './match-request.ts'
import type { ResolvedOptions } from './options.ts'
import type { Playback } from './playback.ts'

/** Beyond this many recordings, only those of the same path are compared: a miss must not cost seconds. */
const MAX_COMPARED = 500

export interface MissContext {
  readonly path: string
  readonly exists: boolean
  readonly options: ResolvedOptions
  readonly playback: Playback
  readonly redactor: Redactor
}

const pathOf = (url: string): string => URL.parse(url)?.pathname ?? url

/** The miss of a redacted request, with the nearest recording and what differs. */
export function missOf(request: ExchangeRequest, context: MissContext): CassetteMiss {
  const { playback, options, redactor } = context
  const matching = options.matchOn ? { matchOn: options.matchOn } : {}
  const path = pathOf(request.url)
  const candidates = playback.recordings.map((recording) => ({
    recording,
    head: { method: recording.entry.method, path: recording.entry.url && pathOf(recording.entry.url) },
  }))
  const samePath = candidates.filter(({ head }) => head.method === request.method && head.path === path)
  const compared = (candidates.length > MAX_COMPARED ? samePath : candidates).slice(-MAX_COMPARED)
  const canonicals: CanonicalRequest[] = compared.map(({ recording }) =>
    canonicalize(matchRequest(fromInteraction(recording.entry.read()).request), matching),
  )
  const incoming = canonicalize(matchRequest(request), matching)
  const found = nearest(incoming, canonicals, matching)
  const recording = found && compared[found.index]?.recording
  const closest = recording && {
    id: recording.entry.id,
    position: recording.position,
    played: recording.played,
    line: `${recording.entry.method ?? ''} ${pathOf(recording.entry.url ?? '')}`,
  }
  const details = {
    request: { method: request.method, url: redactor.text(request.url) },
    cassettePath: context.path,
    mode: options.mode,
    closest,
    differences: found?.differences ?? [],
  }
  const message = renderMiss({
    ...details,
    method: request.method,
    url: details.request.url,
    exists: context.exists,
    modeSource: options.modeSource,
    total: candidates.length,
    samePath: {
      path,
      count: samePath.length,
      played: samePath.filter((one) => one.recording.played).length,
    },
  })
  return new CassetteMiss(redactor.text(message), details)
}
