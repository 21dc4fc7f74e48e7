import { bufferOf } from '../../base/bytes.ts'
import { STATUS_CODES } from 'node:http'

import type { Dispatcher } from 'undici'

import { nextMicrotask } from '../../clock.ts'
import type { HeaderPairs } from '../../exchange/exchange.ts'
import { errorOf, otherSideClosed } from '../failure.ts'
import type { ReplaySink } from '../play-replay.ts'
import { pace } from '../replay-pace.ts'
import { type DispatchHandler, headerObjectOf, isModern, rawHeadersOf } from './dispatch-handler.ts'
import type { Published } from './published.ts'

/** Writes a response to an undici handler of either style. */
export interface DispatchSink extends ReplaySink {
  /** Tells the client, once, that its request has begun. */
  start(): void
  /** The request is answered here. Call it before the answer, with what those who watch undici are told of it. */
  publish(published: Published): void
  /** Another dispatcher answers from now on: this sink tells the client nothing more. */
  detach(): void
  /** Tells the client that its request body was sent. */
  sent(body: Uint8Array | null): void
  error(error: Error): void
}

type Writable<T> = { -readonly [K in keyof T]: T[K] }

const abortError = (): Error =>
  Object.assign(new Error('Request aborted'), { name: 'AbortError', code: 'UND_ERR_ABORTED' })

/** @param left called in the tick in which the client aborts */
export function sinkOf(handler: DispatchHandler, left: () => void): DispatchSink {
  const gone = new AbortController()
  let wake: (() => void) | undefined
  let ended = false
  let started = false
  let hasHead = false
  let isMisdirected = false
  let published: Published | undefined
  const controller: Writable<Dispatcher.DispatchController> = {
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
    abort,
  }
  const modern = isModern(handler)

  function abort(given?: Error | null): void {
    if (controller.aborted || ended) return
    const reason = given ?? abortError()
    controller.aborted = true
    controller.reason = reason
    left()
    gone.abort()
    controller.resume()
    if (!isMisdirected) nextMicrotask(() => fail(reason))
    else {
      // fetch gives this answer up and sends the request again. Live it has ended by then.
      ended = true
      published?.end([])
    }
  }

  function fail(error: Error): void {
    if (ended) return
    ended = true
    published?.error(error)
    if (modern) handler.onResponseError?.(controller, error)
    else handler.onError?.(error)
  }

  function head(status: number, reason: string, headers: HeaderPairs): void {
    handler.onResponseStarted?.()
    const raw = rawHeadersOf(headers)
    published?.head(status, raw, reason)
    if (modern) {
      controller.rawHeaders = raw
      handler.onResponseStart?.(controller, status, headerObjectOf(headers), reason)
    } else if (handler.onHeaders?.(status, raw, () => controller.resume(), reason) === false)
      controller.pause()
  }

  return {
    gone: gone.signal,
    get isOver() {
      return ended
    },
    start() {
      if (started) return
      started = true
      if (modern) handler.onRequestStart?.(controller, {})
      else handler.onConnect?.(abort, {})
    },
    publish(one) {
      published = one
      // The client has left already.
      if (controller.aborted) one.error(controller.reason ?? abortError())
    },
    detach() {
      ended = true
    },
    sent(body) {
      published?.sent(body)
      if (body !== null) handler.onBodySent?.(bufferOf(body))
      handler.onRequestSent?.()
    },
    informational: ({ status, headers }) => head(status, STATUS_CODES[status] ?? '', headers),
    head({ status, reason, headers }) {
      hasHead = true
      isMisdirected = status === 421
      head(status, reason ?? STATUS_CODES[status] ?? '', headers)
      return 0
    },
    data(chunk) {
      // A copy: the client may keep, change or detach what it gets, and the cassette may replay the chunk again.
      const copy = Buffer.from(chunk)
      published?.data(copy)
      if (modern) handler.onResponseData?.(controller, copy)
      else if (handler.onData?.(copy) === false) controller.pause()
    },
    async end(trailers) {
      await pace(0, 0, gone.signal)
      if (ended || controller.aborted) return
      ended = true
      const raw = rawHeadersOf(trailers)
      published?.end(raw)
      if (modern) {
        controller.rawTrailers = raw
        handler.onResponseEnd?.(controller, headerObjectOf(trailers))
      } else handler.onComplete?.(raw)
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
