import type { HeaderPairs } from '../../exchange/exchange.ts'
import {
  type DispatchHandler,
  headerObjectOf,
  isModern,
  type ModernController,
  rawHeadersOf,
} from './dispatch-handler.ts'

/** A client's handler as something to write a response into, whatever style it speaks. */
export interface DispatchSink {
  readonly aborted: boolean
  /** Tells the client that its request is under way; once. */
  start(): void
  /** From here on it is another dispatcher that answers: nothing more is said to the client. */
  detach(): void
  sent(body: Uint8Array | null): void
  head(status: number, reason: string, headers: HeaderPairs): void
  data(chunk: Uint8Array): void
  end(trailers: HeaderPairs): void
  error(error: Error): void
  /** Resolves when the client wants more, or has gone. */
  ready(): Promise<void>
  /** Resolves when the client has aborted. */
  readonly gone: Promise<void>
}

const abortError = (): Error =>
  Object.assign(new Error('Request aborted'), { name: 'AbortError', code: 'UND_ERR_ABORTED' })

/** @param left called in the tick in which the client aborts */
export function sinkOf(handler: DispatchHandler, left: () => void): DispatchSink {
  const gone = Promise.withResolvers<void>()
  let wake: (() => void) | undefined
  let ended = false
  let started = false
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
      gone.resolve()
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

  return {
    gone: gone.promise,
    get aborted() {
      return controller.aborted
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
    head(status, reason, headers) {
      call('onResponseStarted')
      const raw = rawHeadersOf(headers)
      if (modern) {
        controller.rawHeaders = raw
        call('onResponseStart', controller, status, headerObjectOf(headers), reason)
      } else if (call('onHeaders', status, raw, () => controller.resume(), reason) === false)
        controller.pause()
    },
    data(chunk) {
      // A copy: the client may keep, change or detach what it is given, and the cassette replays it again.
      const copy = Buffer.from(chunk)
      if (modern) call('onResponseData', controller, copy)
      else if (call('onData', copy) === false) controller.pause()
    },
    end(trailers) {
      if (ended) return
      ended = true
      if (modern) {
        controller.rawTrailers = rawHeadersOf(trailers)
        call('onResponseEnd', controller, headerObjectOf(trailers))
      } else call('onComplete', rawHeadersOf(trailers))
    },
    error: fail,
    ready() {
      if (!controller.paused || controller.aborted) return Promise.resolve()
      return new Promise((resolve) => {
        wake = resolve
      })
    },
  }
}
