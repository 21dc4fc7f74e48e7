import { inspect, type InspectOptionsStylized } from 'node:util'

import { fromInteraction, toInteraction } from '../cassette/convert.ts'
import { NO_MATCH } from '../cassette/interaction.ts'
import { CassetteMiss } from '../errors/cassette-miss.ts'
import type { ExchangeRequest } from '../exchange/types.ts'
import { canonicalize } from '../fingerprint/canonicalize.ts'
import { type Difference, differencesOfCanonical } from '../fingerprint/differences.ts'
import { fieldsOf } from '../fingerprint/match-on.ts'
import { nearest } from '../fingerprint/nearest.ts'
import type { CanonicalRequest } from '../providers/types.ts'
import type { Redactor } from '../redaction/redactor.ts'
import { type MissReport, type Palette, renderMiss } from '../reports/miss.ts'
import { matchRequest } from '../fingerprint/exchange-request.ts'
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
    request: toInteraction({ recordedAt: '', request }, NO_MATCH, '').request,
    cassettePath: context.path,
    mode: options.mode,
    closest,
    differences: found?.differences ?? [],
  }
  const report: MissReport = {
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
    uncompared: found ? uncompared(canonicals[found.index], incoming, found.differences) : [],
  }
  const miss = new CassetteMiss(redactor.text(renderMiss(report)), details)
  return inspectable(miss, (palette) => redactor.text(renderMiss(report, palette)))
}

/** Where two requests differ although nobody asked for it to count. */
function uncompared(
  recorded: CanonicalRequest | undefined,
  incoming: CanonicalRequest,
  counted: readonly Difference[],
): string[] {
  if (!recorded || recorded.op !== incoming.op) return []
  const matchOn = [...new Set([...fieldsOf(recorded), ...fieldsOf(incoming)])]
  const all = differencesOfCanonical(recorded, incoming, { matchOn }).map(({ path }) => path)
  const known = new Set(counted.map(({ path }) => path))
  return all.filter((path) => !known.has(path))
}

/** Lets `console.log` and test runners print the miss in colour, and without a dump of its fields. */
function inspectable(miss: CassetteMiss, render: (palette: Palette) => string): CassetteMiss {
  const custom = (_depth: number, style: InspectOptionsStylized): string =>
    `${miss.name}: ${render({
      bold: (text) => style.stylize(text, 'special'),
      dim: (text) => style.stylize(text, 'undefined'),
      red: (text) => style.stylize(text, 'regexp'),
      green: (text) => style.stylize(text, 'string'),
    })}`
  return Object.defineProperty(miss, inspect.custom, { value: custom })
}
