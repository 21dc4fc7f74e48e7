import type { IncomingRequest } from '../exchange/gate.ts'
import type { Opened } from './opening/open.ts'
import { Recorder } from './recorder.ts'

interface RecorderHooks {
  onStatus(request: IncomingRequest, status: number): void
  onError(error: Error): void
}

/** The recorder of an opened cassette; `undefined` where nothing is recorded. */
export function openRecorder(
  { options, redactor, describe, journal, recording, kept, cassette }: Opened,
  hooks: RecorderHooks,
): Recorder | undefined {
  if (!journal || !recording) return undefined
  return new Recorder({
    journal,
    redactor,
    describe,
    matchOn: options.matchOn,
    beforeRecord: options.beforeRecord,
    clock: () => performance.now(),
    now: () => new Date().toISOString(),
    taken: kept.map(({ id }) => id),
    former: options.mode === 'all' ? (cassette?.entries ?? []) : [],
    onStatus: (request, status) => hooks.onStatus(request, status),
    onError: (error) => hooks.onError(error instanceof Error ? error : new Error(String(error))),
  })
}
