import { join } from 'node:path'

import { toError } from '../../base/to-error.ts'
import { LazySession } from '../../session/lazy-session.ts'
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
function closeOutside({ session }: Outside): void {
  session.finishNow({ failed: true })
  outside = undefined
}

/**
 * Closes the cassette of requests outside tests in an `exit` listener, if no hook has done it.
 * @returns whether such a request was made
 */
export function leftOutsideTests(): boolean {
  const isOpen = outside?.session.isOpen === true
  if (outside) closeOutside(outside)
  return isOpen
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
