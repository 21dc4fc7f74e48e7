import { join } from 'node:path'

import { toError } from '../../base/to-error.ts'
import { LazySession } from '../../session/lazy-session.ts'
import { resolveOptions } from '../../session/options/resolve-options.ts'
import { getDefaults } from '../../session/process/current.ts'
import { patchProcess } from '../../opening.ts'
import { cassetteFolder, fileFolder } from './names.ts'
import { noteOpened } from './orphans.ts'

/** The name cannot be that of a test's cassette, because no slug begins with a tilde. */
const FILE_NAME = '~outside-tests.yaml'

const CHOOSE =
  'Outside of tests (while test files are loaded, and between tests), requests belong to a cassette of the test run. ' +
  'Call withCassette in a test after useCassette(false), or remove the cassette integration from this runner.'

interface Outside {
  readonly path: string
  readonly session: LazySession
}

let outside: Outside | undefined
let target: string | undefined

/**
 * From now on, a separate cassette records and replays the requests that no test makes, so that none reaches the network
 * unnoticed.
 * @param of the test file if the process runs only one; else a worker id that tells processes apart
 */
export function watchOutside(of: { readonly file: string } | { readonly worker: string | undefined }): void {
  if ('file' in of) target = join(fileFolder(of.file), FILE_NAME)
  else target = join(cassetteFolder(), of.worker ? FILE_NAME.replace('.', `-${of.worker}.`) : FILE_NAME)
  if (outside && outside.path !== target) closeOutside(outside)
  enterOutside()
  patchProcess()
}

/** Closes the cassette of a test file whose end no hook reported: the file could not be loaded. */
function closeOutside({ session }: Outside, failed = true): void {
  session.finishNow({ failed })
  outside = undefined
}

/**
 * Closes the cassette of requests outside tests in an `exit` listener, if no hook has done it.
 * @param failed whether the run has failed
 * @returns the error that the run has to fail with; `'none'`: a request was made and answered; `undefined`: none was made
 */
export function leftOutsideTests(failed: boolean): Error | 'none' | undefined {
  if (!outside) return undefined
  const { session } = outside
  const { isOpen } = session
  closeOutside(outside, failed)
  return isOpen ? (session.latched ?? 'none') : undefined
}

/** Opens the scope between tests. Each test calls this when it ends. */
export function enterOutside(): void {
  if (target === undefined) return
  const path = target
  outside ??= { path, session: new LazySession({ path: () => path, options: {}, choose: CHOOSE }) }
  outside.session.enter(path)
}

/** Leaves the scope between tests. Each test calls this when it begins. */
export function leaveOutside(): void {
  outside?.session.leave()
}

/** After the scope between tests has ended: nothing that comes later may reach the network if this run records nothing. */
export function guardAfterTests(): void {
  if (resolveOptions({}, getDefaults(), process.env).mode === 'none') enterOutside()
}

/** Ends the scope between tests. @returns the error that the run has to fail with */
export async function endOutside(): Promise<Error | undefined> {
  const ending = outside
  outside = undefined
  if (!ending) return undefined
  try {
    await ending.session.finish({ failed: false })
  } catch (error) {
    return ending.session.latched ?? toError(error)
  } finally {
    if (ending.session.isOpen) noteOpened(ending.path)
  }
  return ending.session.latched
}
