/**
 * A fetch that records and replays, for clients that take one. The process is not patched.
 * @packageDocumentation
 */
import { ClosedCassetteError } from './errors/closed-cassette-error.ts'
import { gatedDispatcher } from './protocols/undici/dispatcher.ts'
import type { CassetteSession } from './session/cassette-session.ts'
import type { CassetteOptions } from './session/options/options.ts'
import { occupy, runInScope } from './session/process/current.ts'
import { warnOfUnknownVariables } from './session/process/unknown-variables.ts'
import { Session } from './session/session.ts'

export interface RecordingFetchOptions extends CassetteOptions {
  /** The path of the cassette, relative to the working directory. */
  readonly path: string
}

/** A `fetch`, and the session of its cassette. */
export interface RecordingFetch extends Pick<CassetteSession, 'path' | 'mode' | 'misses'> {
  /** Like the global `fetch`, of which it is a form: responses are streamed, and are of its class. */
  (input: string | URL | Request, init?: RequestInit): Promise<Response>
  /** How many exchanges have been played, and recorded, in this run. */
  readonly played: number
  readonly recorded: number
  /**
   * Writes what was recorded. Without it, that is done when the process exits.
   * @throws CassetteMiss the first miss, even if the client caught it; and what `openCassette`'s `close` throws
   */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

const CHOOSE = 'Close the fetch that recordingFetch made for the first cassette before you open the second.'

/** A dispatcher that requests go through, as `fetch` of Node takes it. Its types leave it out. */
type Init = RequestInit & { dispatcher?: object }

/**
 * Makes a fetch that answers from the cassette at `path`, or records into it. Give it to a client that takes a fetch. All other
 * requests of the process pass by.
 * @throws NestedCassetteError if a cassette is open in this process, CassettePathError, CassetteFormatError,
 * CassetteLockedError, CassetteOptionError
 *
 * @example
 * const fetch = recordingFetch({ path: 'cassettes/capital.yaml' })
 * const client = new OpenAI({ fetch })
 */
export function recordingFetch({ path, ...options }: RecordingFetchOptions): RecordingFetch {
  warnOfUnknownVariables()
  const session = openSession(path, options)
  const scope = { path, redact: (text: string) => session.redact(text), ended: false }
  const gate = { active: () => true, answer: session.answer.bind(session) }

  const recording = (input: string | URL | Request, init: Init = {}): Promise<Response> => {
    if (scope.ended) {
      const { method, url } = new Request(input, init)
      return Promise.reject(new ClosedCassetteError({ method, url: new URL(url).origin }, path))
    }
    const dispatcher = gatedDispatcher(gate, init.dispatcher)
    return runInScope(scope, () => globalThis.fetch(input, { ...init, dispatcher } as Init))
  }
  const close = (): Promise<void> => {
    scope.ended = true
    return session.close()
  }
  return Object.defineProperties(recording, {
    path: { value: path },
    mode: { value: session.mode },
    misses: { get: () => session.misses },
    played: { get: () => session.played },
    recorded: { get: () => session.recorded },
    close: { value: close },
    [Symbol.asyncDispose]: { value: close },
  }) as RecordingFetch
}

/** A session that holds the process's place, so that there is no second one, and answers only who asks it. */
function openSession(path: string, options: CassetteOptions): Session {
  const place = occupy(path, CHOOSE)
  const onExit = (): void => session.exit()
  let session: Session
  try {
    session = Session.open(path, options, {
      place: { attach() {}, release: () => place.release() },
      onEnd: () => void process.off('exit', onExit),
    })
  } catch (error) {
    place.release()
    throw error
  }
  process.on('exit', onExit)
  return session
}
