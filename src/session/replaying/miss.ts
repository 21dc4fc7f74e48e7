import { toInteraction } from '../../cassette/convert.ts'
import { NO_MATCH } from '../../cassette/interaction.ts'
import { CassetteMiss, type MissDifference } from '../../errors/cassette-miss.ts'
import type { ExchangeRequest, MessageReaders } from '../../exchange/exchange.ts'
import { differencesOfCanonical } from '../../fingerprint/differences/differences.ts'
import { fieldsOf } from '../../fingerprint/match-on/match-on.ts'
import type { Redactor } from '../../redaction/redactor.ts'
import { type MissReport, renderMiss } from '../../reports/miss.ts'
import { appendMiss } from '../../rebase/misses-file.ts'
import { namedDifferences } from './grpc-differences.ts'
import { nearestRecording, type NearestRecording } from './nearest-recording.ts'
import type { ResolvedOptions } from '../options/options.ts'
import { inColors } from '../process/in-colors.ts'
import type { Playback } from './playback.ts'

export interface MissContext {
  readonly path: string
  readonly exists: boolean
  readonly options: ResolvedOptions
  readonly playback: Playback
  readonly redactor: Redactor
  /** Reads the messages of a gRPC call. */
  readonly describe?: MessageReaders | undefined
  /** How many messages of a conversation have come; what the recording has beyond them is yet to be said. */
  readonly heard?: number | undefined
}

const pathOf = (url: string): string => URL.parse(url)?.pathname ?? url

/** The miss of a redacted request, with the nearest recording and what differs. */
export function missOf(request: ExchangeRequest, context: MissContext): CassetteMiss {
  const { playback, options, redactor } = context
  const path = pathOf(request.url)
  const stored = toInteraction({ recordedAt: '', request }, NO_MATCH, '', context.describe).request
  const samePath = playback.recordings.filter(
    ({ entry }) => entry.method === request.method && pathOf(entry.url) === path,
  )
  const found = nearestRecording(stored, playback.recordings, options.matchOn)
  const recording = found?.recording
  const closest = recording && {
    id: recording.entry.id,
    position: recording.position,
    played: recording.played,
    line: `${recording.entry.method} ${pathOf(recording.entry.url)}`,
  }
  const details = {
    request: stored,
    cassettePath: context.path,
    mode: options.mode,
    closest,
    differences: differencesTo(found, context.describe).filter(
      ({ path: at }) => !isYetToCome(at, context.heard),
    ),
  }
  const report: MissReport = {
    ...details,
    method: request.method,
    url: details.request.url,
    exists: context.exists,
    modeSource: options.modeSource,
    total: playback.recordings.length,
    samePath: {
      path,
      count: samePath.length,
      played: samePath.filter(({ played }) => played).length,
    },
    uncompared: found ? uncompared(found) : [],
    matcher: options.matcher !== undefined,
  }
  const miss = new CassetteMiss(redactor.text(renderMiss(report)), details)
  return inColors(miss, (palette) => redactor.text(renderMiss(report, palette)))
}

function isYetToCome(path: string, heard: number | undefined): boolean {
  const index = /^messages\[(\d+)\]/.exec(path)?.[1]
  return heard !== undefined && index !== undefined && Number(index) >= heard
}

function differencesTo(
  found: NearestRecording | undefined,
  describe: MessageReaders | undefined,
): readonly MissDifference[] {
  if (!found) return []
  return namedDifferences(found.differences, found.recorded, found.incoming, describe?.request)
}

/** Adds a miss to the list of `CASSETTE_MISSES`; a file that cannot be written must not hide the miss. */
export function noteMiss(file: string, miss: CassetteMiss): void {
  try {
    appendMiss(file, miss)
  } catch (error) {
    process.emitWarning(error instanceof Error ? error.message : String(error), { type: 'CassetteWarning' })
  }
}

/** Where two requests differ although nobody asked for it to count. */
function uncompared({ recorded, incoming, differences }: NearestRecording): string[] {
  if (recorded.op !== incoming.op) return []
  const matchOn = [...new Set([...fieldsOf(recorded), ...fieldsOf(incoming)])]
  const all = differencesOfCanonical(recorded, incoming, { matchOn }).map(({ path }) => path)
  const counted = new Set(differences.map(({ path }) => path))
  return all.filter((path) => !counted.has(path))
}
