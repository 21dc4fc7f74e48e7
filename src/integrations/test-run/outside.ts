import { join } from 'node:path'

import { toError } from '../../base/to-error.ts'
import { LazySession } from '../../session/lazy-session.ts'
import { patchProcess } from '../../with-cassette.ts'
import { cassetteFolder, fileFolder } from './names.ts'
import { noteOpened } from './orphans.ts'

/** No slug begins with a tilde. */
const FILE_NAME = '~outside-tests.yaml'

const CHOOSE =
  'Outside of tests, while test files are loaded and between tests, requests belong to a cassette of the test run. ' +
  'Use withCassette in a test after useCassette(false), or take the integration of this runner out.'

interface Outside {
  readonly path: string
  readonly session: LazySession
}

let outside: Outside | undefined
let target: string | undefined

/**
 * From now on, requests that no test makes are recorded and replayed too, in a cassette of their own: none reaches
 * the network unseen. `file`: the test file, where the process has only one; else `worker` tells processes apart.
 */
export function watchOutside(of: { readonly file: string } | { readonly worker: string | undefined }): void {
  if ('file' in of) target = join(fileFolder(of.file), FILE_NAME)
  else target = join(cassetteFolder(), of.worker ? FILE_NAME.replace('.', `-${of.worker}.`) : FILE_NAME)
  if (outside && outside.path !== target) closeOutside(outside)
  enterOutside()
  patchProcess()
}

/** A test file that could not be read has no end that anybody is told of. */
function closeOutside({ session }: Outside): void {
  session.finishNow({ failed: true })
  outside = undefined
}

/**
 * For an `exit` listener, where nobody may have ended it.
 * @returns whether there was a request
 */
export function leftOutside(): boolean {
  const isOpen = outside?.session.isOpen === true
  if (outside) closeOutside(outside)
  return isOpen
}

/** Called by each test as it ends. */
export function enterOutside(): void {
  if (target === undefined) return
  const path = target
  outside ??= { path, session: new LazySession({ path: () => path, options: {}, choose: CHOOSE }) }
  outside.session.enter(path)
}

/** Called by each test as it begins. */
export function leaveOutside(): void {
  outside?.session.leave()
}

/** @returns what the run has to fail with */
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
