import type { Cassette } from '../../cassette/cassette.ts'
import { StaleCassetteError } from '../../errors/stale-cassette-error.ts'
import type { RecordMode, ResolvedOptions } from '../options/options.ts'

/** Whether a run in this mode may record. The modes are those of vcrpy, but `once` also completes an incomplete cassette. */
export function isRecording(mode: RecordMode, cassette: Cassette | undefined): boolean {
  if (mode === 'once') return !cassette || cassette.isEmpty || cassette.incomplete
  return mode !== 'none'
}

/**
 * The mode to run in, after `maxAge`: `all` if a stale cassette is to be recorded again.
 * @throws StaleCassetteError with `onStale: 'fail'`
 */
export function staleMode(
  cassette: Cassette | undefined,
  path: string,
  options: ResolvedOptions,
  now: number,
): RecordMode {
  const { mode, maxAge, onStale } = options
  if (maxAge === undefined || !cassette || mode === 'all') return mode
  const oldest = cassette.entries.map((entry) => entry.recordedAt).toSorted()[0]
  if (oldest === undefined || !(now - Date.parse(oldest) > maxAge)) return mode
  const error = new StaleCassetteError(path, oldest, `${maxAge} ms`)
  if (onStale === 'fail') throw error
  // Mode none, chosen or set by CI, never uses the network.
  if (onStale === 'rerecord' && mode !== 'none') return 'all'
  process.emitWarning(error.message, { type: 'CassetteWarning', code: error.code })
  return mode
}
