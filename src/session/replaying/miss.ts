import { toError } from '../../base/to-error.ts'
import { CassetteMiss, type MissDetails, type MissDifference } from '../../errors/cassette-miss.ts'
import type { MessageReaders } from '../../exchange/exchange.ts'
import { differencesOfCanonical } from '../../fingerprint/differences/differences.ts'
import { fieldsOf } from '../../fingerprint/match-on/match-on.ts'
import type { Redactor } from '../../redaction/redactor.ts'
import { type MissReport, type Palette, renderMiss } from '../../reports/miss.ts'
import { appendMiss } from '../../rebase/misses-file.ts'
import { namedDifferences } from './grpc-differences.ts'
import { type MissedRequest, nearestRecording, type NearestRecording } from './nearest-recording.ts'
import type { HiddenValues } from '../../redaction/parts/hidden-values.ts'
import { hiddenDifferences } from './hidden/hidden-differences.ts'
import { inColors } from '../process/in-colors.ts'
import { matchRulesOf } from '../options/match-rules.ts'
import type { SessionContext } from '../context.ts'

/** A redacted request that no recording answers. */
export interface Unanswered extends MissedRequest {
  /** Reads the messages of a gRPC call. */
  readonly readers?: MessageReaders | undefined
  /** How many messages of a conversation have come, if there are more to come. */
  readonly heard?: number | undefined
  /** Digests of the values that redaction hides. */
  readonly sent?: HiddenValues | undefined
}

const pathOf = (url: string): string => URL.parse(url)?.pathname ?? url

/** The miss of a request, with the nearest recording and what differs. */
export function missOf(unanswered: Unanswered, context: SessionContext): CassetteMiss {
  const { request, stored, readers, heard } = unanswered
  const { playback, opened } = context
  const { options } = opened
  const path = pathOf(request.url)
  const samePath = playback.recordings.filter(
    ({ entry }) => entry.method === request.method && pathOf(entry.url) === path,
  )
  const found = nearestRecording(unanswered, playback.recordings, matchRulesOf(options))
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
    differences: differencesTo(found, readers).filter(({ path: at }) => !isYetToCome(at, heard)),
  }
  const report: MissReport = {
    ...details,
    method: request.method,
    url: request.url,
    exists: opened.cassette !== undefined,
    modeSource: options.modeSource,
    total: playback.recordings.length,
    samePath: {
      path,
      count: samePath.length,
      played: samePath.filter(({ played }) => played).length,
    },
    uncompared: found ? uncompared(found) : [],
    hidden: found && hiddenDifferences(found, request, unanswered.sent ?? {}),
    matcher: options.matcher !== undefined,
  }
  return renderedMiss(details, opened.redactor, (palette) => renderMiss(report, palette))
}

/** A miss with its redacted message. Printers that show colours show the message in colours. */
export function renderedMiss(
  details: MissDetails,
  redactor: Redactor,
  render: (palette?: Palette) => string,
): CassetteMiss {
  const message = (palette?: Palette): string => redactor.text(render(palette))
  return inColors(new CassetteMiss(message(), details), message)
}

function isYetToCome(path: string, heard: number | undefined): boolean {
  const index = /^messages\[(\d+)\]/.exec(path)?.[1]
  return heard !== undefined && index !== undefined && Number(index) >= heard
}

function differencesTo(
  found: NearestRecording | undefined,
  readers: MessageReaders | undefined,
): readonly MissDifference[] {
  if (!found) return []
  return namedDifferences(found.differences, found.recorded, found.incoming, readers?.request)
}

/** Adds a miss to the file of `CASSETTE_MISSES`. If the file cannot be written, warns: an error would hide the miss. */
export function noteMiss(file: string, miss: CassetteMiss): void {
  try {
    appendMiss(file, miss)
  } catch (error) {
    process.emitWarning(toError(error).message, { type: 'CassetteWarning' })
  }
}

/** The paths at which two requests differ but which are not compared. */
function uncompared({ recorded, incoming, differences }: NearestRecording): string[] {
  if (recorded.op !== incoming.op) return []
  const matchOn = [...new Set([...fieldsOf(recorded), ...fieldsOf(incoming)])]
  const all = differencesOfCanonical(recorded, incoming, { matchOn }).map(({ path }) => path)
  const counted = new Set(differences.map(({ path }) => path))
  return all.filter((path) => !counted.has(path))
}
