import { isoNow, realNow } from '../../clock.ts'
import type { Cassette } from '../../cassette/cassette.ts'
import { GivenValues } from '../../redaction/given/given-values.ts'
import type { Redactor } from '../../redaction/redactor.ts'
import { checkCassettePath, loadCassette, versionOf } from '../../storage/file.ts'
import { type Journal, openJournal } from '../../storage/journal.ts'
import { thisRun } from '../../storage/lock/identity.ts'
import { leftoverOf } from '../../storage/leftover.ts'
import { givenElsewhere, noteGiven } from '../process/given-elsewhere.ts'
import { getDefaults } from '../process/current.ts'
import { type ReadersFor, readersFrom } from './message-readers.ts'
import { loadProtos } from './grpc-protos.ts'
import { liveRedactor } from './live-redactor.ts'
import { type FormerEntries, formerEntries } from './failed-run.ts'
import { recoveredEntries } from './recovered.ts'
import { isRecording, staleMode } from './modes.ts'
import type { CassetteOptions, ResolvedOptions } from '../options/options.ts'
import { resolveOptions } from '../options/resolve-options.ts'

/** The resolved options and the opened files of a session. */
export interface Opened {
  /** The absolute path of the cassette. */
  readonly file: string
  readonly options: ResolvedOptions
  readonly redactor: Redactor
  /** What servers gave in this session. */
  readonly given: GivenValues
  readonly readersFor: ReadersFor
  /** `undefined`: the file does not exist. */
  readonly cassette: Cassette | undefined
  /** Whether this run may record. */
  readonly recording: boolean
  /** Present if this run may write. It holds the lock on the cassette. */
  readonly journal: Journal | undefined
  /** The recordings of former runs: none in mode `all`, else those of the file and of a run that crashed. */
  readonly former: FormerEntries
}

const NONE: FormerEntries = { kept: [], all: [], failed: new Set(), credentials: new Set() }

/**
 * Checks options, path and file, before any code under test runs, and takes the cassette's lock if this run may write.
 */
export function openFile(path: string, given: CassetteOptions): Opened {
  const resolved = resolveOptions(given, getDefaults(), process.env)
  const file = checkCassettePath(path)
  const readersFor = readersFrom(resolved.grpc && loadProtos(resolved.grpc))
  const values = new GivenValues({ values: givenElsewhere(), note: noteGiven })
  const redactor = liveRedactor(process.env, resolved, values)
  const run = thisRun(isoNow())
  const look = () => {
    const version = versionOf(file)
    const cassette = loadCassette(file)
    const mode = staleMode(cassette, path, resolved, realNow())
    return { version, cassette, mode, recording: isRecording(mode, cassette) }
  }
  const mayWrite = ({ recording }: ReturnType<typeof look>): boolean =>
    recording || resolved.onMiss === 'rebase'
  let seen = look()
  let journal = mayWrite(seen) ? openJournal(file, run) : undefined
  // Another run may have written the cassette before this one took the lock.
  if (journal && journal.version !== seen.version) {
    seen = lookUnder(journal, look)
    if (!mayWrite(seen)) {
      journal.leave()
      journal = undefined
    }
  }
  const { cassette, mode, recording } = seen
  const recovered = recoveredEntries(journal ? journal.recovered : leftoverOf(file, run))
  if (!journal && recovered.length > 0) tellOfLeftover(file, recovered.length)
  const { entries = [], incomplete = false } = cassette ?? {}
  const former = mode === 'all' ? NONE : formerEntries({ entries, incomplete }, recovered, recording)
  const options = { ...resolved, mode }
  return { file, options, redactor, given: values, readersFor, cassette, recording, journal, former }
}

const told = new Set<string>()

function tellOfLeftover(file: string, count: number): void {
  if (told.has(file)) return
  told.add(file)
  process.emitWarning(
    `${count} ${count === 1 ? 'recording' : 'recordings'} of an interrupted run in ${file}.recording ${count === 1 ? 'is' : 'are'} ` +
      'played. CASSETTE_MODE=new_episodes moves them into the cassette. See cassette/docs/errors.md#cassette_leftover',
    { type: 'CassetteWarning', code: 'CASSETTE_LEFTOVER' },
  )
}

function lookUnder<T>(journal: Journal, look: () => T): T {
  try {
    return look()
  } catch (error) {
    journal.leave()
    throw error
  }
}
