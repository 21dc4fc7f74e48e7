import { STATUS_CODES } from 'node:http'

import type { HeaderPairs } from '../../exchange/exchange.ts'
import { errorOf, otherSideClosed } from '../failure.ts'
import type { ReplaySink } from '../play-replay.ts'
import { pace } from '../replay-pace.ts'
import {
  type DispatchHandler,
  headerObjectOf,
  isModern,
  type ModernController,
  rawHeadersOf,
} from './dispatch-handler.ts'

/** Writes a response to an undici handler of either style. */
export interface DispatchSink extends ReplaySink {
  /** Tells the client, once, that its request has begun. */
  start(): void
  /** Another dispatcher answers from here on: this one tells the client nothing more. */
  detach(): void
  /** Tells the client that its request body was sent. */
  sent(body: Uint8Array | null): void
  error(error: Error): void
}

const abortError = (): Error =>
  Object.assign(new Error('Request aborted'), { name: 'AbortError', code: 'UND_ERR_ABORTED' })

/** @param left called in the tick in which the client aborts */
export function sinkOf(handler: DispatchHandler, left: () => void): DispatchSink {
  const gone = new AbortController()
  let wake: (() => void) | undefined
  let ended = false
  let started = false
  let hasHead = false
  const controller: ModernController = {
    aborted: false,
    paused: false,
    reason: null,
    pause() {
      controller.paused = true
    },
    resume() {
      controller.paused = false
      wake?.()
      wake = undefined
    },
    abort(reason) {
      if (controller.aborted || ended) return
      controller.aborted = true
      controller.reason = reason ?? abortError()
      left()
      gone.abort()
      controller.resume()
      queueMicrotask(() => fail(controller.reason))
    },
  }
  const modern = isModern(handler)
  const call = (name: string, ...args: unknown[]): unknown => {
    const method = handler[name]
    return method && Reflect.apply(method, handler, args)
  }

  function fail(error: unknown): void {
    if (ended) return
    ended = true
    if (modern) call('onResponseError', controller, error)
    else call('onError', error)
  }

  function head(status: number, reason: string, headers: HeaderPairs): void {
    call('onResponseStarted')
    const raw = rawHeadersOf(headers)
    if (modern) {
      controller.rawHeaders = raw
      call('onResponseStart', controller, status, headerObjectOf(headers), reason)
    } else if (call('onHeaders', status, raw, () => controller.resume(), reason) === false) controller.pause()
  }

  return {
    gone: gone.signal,
    get isOver() {
      return ended
    },
    start() {
      if (started) return
      started = true
      if (modern) call('onRequestStart', controller, {})
      else call('onConnect', (reason: unknown) => controller.abort(reason), {})
    },
    detach() {
      ended = true
    },
    sent(body) {
      if (body !== null) call('onBodySent', body)
      call('onRequestSent')
    },
    informational: ({ status, headers }) => head(status, STATUS_CODES[status] ?? '', headers),
    head({ status, reason, headers }) {
      hasHead = true
      head(status, reason ?? STATUS_CODES[status] ?? '', headers)
      return 0
    },
    data(chunk) {
      // A copy: the client may keep, change or detach what it is given, and the cassette replays it again.
      const copy = Buffer.from(chunk)
      if (modern) call('onResponseData', controller, copy)
      else if (call('onData', copy) === false) controller.pause()
    },
    async end(trailers) {
      await pace(0, 0, gone.signal)
      if (ended || controller.aborted) return
      ended = true
      if (modern) {
        controller.rawTrailers = rawHeadersOf(trailers)
        call('onResponseEnd', controller, headerObjectOf(trailers))
      } else call('onComplete', rawHeadersOf(trailers))
    },
    async fail(failure) {
      if (hasHead) await pace(0, 0, gone.signal)
      if (!controller.aborted) fail(errorOf(failure))
    },
    cut: () => fail(otherSideClosed()),
    error: fail,
    connect() {},
    ready() {
      if (!controller.paused || controller.aborted) return Promise.resolve()
      return new Promise((resolve) => {
        wake = resolve
      })
    },
  }
}
