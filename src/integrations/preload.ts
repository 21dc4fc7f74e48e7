import { basename, extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isMainThread } from 'node:worker_threads'

import { MISS_EXIT_CODE } from '../base/exit-codes.ts'
import { toError } from '../base/to-error.ts'
import { colorsFor } from '../colors.ts'
import { messageIn } from '../session/process/in-colors.ts'
import { occupy } from '../session/process/current.ts'
import { LazySession } from '../session/lazy-session.ts'
import { warnOfUnknownVariables } from '../session/process/unknown-variables.ts'
import { Session } from '../session/session.ts'
import { patchProcess } from '../opening.ts'
import { coverChildren } from './covering/children.ts'
import { inheritedFrom, preloads } from './covering/inherited.ts'
import { coverWorkers } from './covering/workers.ts'
import { joinRun, type RunFolder } from '../storage/run-folder.ts'
import { printLine } from '../session/process/stderr.ts'

const CHOOSE =
  'This process was started with cassette/register, which keeps one cassette open for the whole process. Start it ' +
  'without the preload to use withCassette, or take the withCassette out and let the preload record.'

/**
 * Opens the cassette of this process or thread, and keeps it open as long as that runs.
 * @param url of the file that begins the preload: threads begin with it, and with `cassette run` processes too
 */
export function preload(url: string): void {
  const register = fileURLToPath(url)
  warnOfUnknownVariables()
  const run = joinRun(isMainThread ? programName(process.argv[1]) : 'thread', process.env['CASSETTE_PATH'])
  const failures: Error[] = []
  const onFailure = (error: Error): void => {
    failures.push(error)
    const colors = colorsFor(2)
    printLine(`${colors.red('cassette:')} ${messageIn(colors, error)}`)
    if (!run.isFirst) run.leaveFailure(error.message)
  }
  let session: Session | LazySession
  try {
    session = run.isFirst ? openNow(run, onFailure) : openLater(run, onFailure)
    patchProcess()
    const inherited = inheritedFrom(process.env, register)
    coverWorkers(inherited)
    if (preloads(process.env, register)) coverChildren(inherited)
  } catch (error) {
    // The program must not start if the cassette cannot be read or written.
    if (run.isFirst) run.remove()
    printLine(`cassette: ${error instanceof Error ? error.message : String(error)}`)
    process.exit(1)
  }
  process.once('exit', (code) => end(session, run, failures, code))
}

/** Opens the cassette at once, so that an unusable path is reported before the program starts. */
function openNow(run: RunFolder, onFailure: (error: Error) => void): Session {
  const path = run.claimPath()
  return Session.open(path, {}, { place: occupy(path, CHOOSE), onFailure })
}

/** Opens the cassette at the first request. Most child processes, such as package managers, make none and must leave no file. */
function openLater(run: RunFolder, onFailure: (error: Error) => void): LazySession {
  const session = new LazySession({
    path: () => run.claimPath(),
    options: {},
    choose: CHOOSE,
    onFailure,
    family: run,
  })
  session.enter('the cassette of cassette/register')
  return session
}

function end(session: Session | LazySession, run: RunFolder, failures: Error[], code: number): void {
  try {
    session.finishNow({ failed: code !== 0 })
  } catch (error) {
    failures.push(toError(error))
    printLine(`cassette: ${String(error)}`)
  }
  const messages = failures.map(({ message }) => message)
  if (run.isFirst) {
    messages.push(...run.failures())
    run.remove()
  }
  if (messages.length === 0) return
  if (run.isFirst) printLine(summary(messages, code))
  // The program that started a thread decides about the thread's exit code.
  if (code === 0 && isMainThread) process.exitCode = MISS_EXIT_CODE
}

/** Summarises the failures, one line each. The full messages were printed when they happened. */
export function summary(messages: readonly string[], code: number): string {
  const count = `${messages.length} ${messages.length === 1 ? 'request' : 'requests'} could not be answered`
  const ending = code === 0 ? `; exit code ${MISS_EXIT_CODE} instead of 0` : ''
  return [`cassette: ${count}${ending}`, ...messages.map((message) => `  ${message.split('\n', 1)[0]}`)].join(
    '\n',
  )
}

/** The name that cassettes are named after: `server` for `/app/bin/server.js`. */
export function programName(script: string | undefined): string {
  const name = basename(script ?? '', extname(script ?? ''))
  return (
    name
      .replaceAll(/[^\w.-]+/g, '-')
      .replace(/^[-.]+/, '')
      .slice(0, 80) || 'node'
  )
}
