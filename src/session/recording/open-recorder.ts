import { toError } from '../../base/to-error.ts'
import { isoNow, monotonicNow } from '../../clock.ts'
import type { BodyStore } from '../../cassette/convert.ts'
import { storedDelay } from '../../exchange/body/timeline.ts'
import type { IncomingRequest } from '../../exchange/gate.ts'
import { targetOf } from '../../storage/file.ts'
import { writeSidecar } from '../../storage/sidecars.ts'
import type { Opened } from '../opening/open.ts'
import { matchRulesOf } from '../options/match-rules.ts'
import type { SharedRecordings } from '../process/setup.ts'
import { Recorder } from './recorder.ts'

interface RecorderHooks {
  onStatus(request: IncomingRequest, status: number): void
  onError(error: Error): void
}

/** The recorder of an opened cassette; `undefined` if this run does not record. */
export function openRecorder(
  { file, options, redactor, readersFor, journal, recording, former, cassette }: Opened,
  shared: SharedRecordings | undefined,
  hooks: RecorderHooks,
): Recorder | undefined {
  if (!journal || !recording) return undefined
  return new Recorder({
    journal,
    putAside: bodyStore(file, options.maxBodySize),
    redactor,
    readersFor,
    matching: matchRulesOf(options),
    beforeRecord: options.beforeRecord,
    clock: monotonicNow,
    now: isoNow,
    kept: former.kept,
    asked: former,
    former: options.mode === 'all' ? (cassette?.entries ?? []) : [],
    numbersFrom: shared?.numbersFrom ?? 0,
    onStatus: (request, status) => hooks.onStatus(request, status),
    onError: (error) => hooks.onError(toError(error)),
  })
}

/** Writes bodies of more than `maxBytes` into files of their own. */
function bodyStore(file: string, maxBytes: number): BodyStore {
  return (chunks) => {
    const bytes = chunks.reduce((sum, { data }) => sum + data.byteLength, 0)
    if (bytes <= maxBytes) return undefined
    const delayMs = chunks.reduce((sum, chunk) => sum + chunk.delayMs, 0)
    return { sidecar: writeSidecar(targetOf(file), chunks), bytes, ...storedDelay(delayMs) }
  }
}
