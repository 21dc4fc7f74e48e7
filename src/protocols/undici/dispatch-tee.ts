import type { Dispatcher } from 'undici'

import type { Tap } from '../../exchange/gate.ts'
import type { ExchangeFailure } from '../../exchange/exchange.ts'
import { type DispatchHandler, isModern, pairsOf } from './dispatch-handler.ts'
import { failureOf } from '../failure.ts'

export interface TeeHooks {
  readonly tap: Tap | undefined
  /** Called when undici begins to write the request, in the same tick as the write. */
  started(): void
  /** Whether the request was sent over HTTP/2. */
  isHttp2(): boolean
  /** Called when the exchange is over, before the tap is told. */
  ended(): void
}

const copyOf = (chunk: unknown): Buffer =>
  typeof chunk === 'string' ? Buffer.from(chunk) : Buffer.from(chunk as Uint8Array)

/**
 * Wraps the client's handler and reports to the tap. The tap is told before the client, because the client may abort
 * in its callback.
 * @remarks Keeps the handler's style: a dispatcher of undici 6 looks for `onConnect`, one of undici 8 for
 * `onRequestStart`.
 */
export function teeHandler(handler: DispatchHandler, hooks: TeeHooks): DispatchHandler {
  const { tap } = hooks
  let aborted = false

  const failed = (error: unknown, controller?: Dispatcher.DispatchController): void => {
    hooks.ended()
    if (aborted || controller?.aborted === true) tap?.cut()
    else tap?.fail(failureOf(error) satisfies ExchangeFailure)
  }
  const head = (status: unknown, headers: unknown, reason: unknown): void => {
    if (typeof status !== 'number') return
    if (status > 101 && status < 200) tap?.informational({ status, headers: pairsOf(headers) })
    if (status < 200) return
    // HTTP/2 has no reason phrase: undici reports an empty one.
    const line = hooks.isHttp2() ? { version: '2' as const } : typeof reason === 'string' ? { reason } : {}
    tap?.head({ status, headers: pairsOf(headers), ...line })
  }

  const common: DispatchHandler = {
    onBodySent: (...args) => handler.onBodySent?.(...args),
    onRequestSent: () => handler.onRequestSent?.(),
    onResponseStarted: () => handler.onResponseStarted?.(),
  }

  if (isModern(handler))
    return {
      ...common,
      onRequestStart(...args) {
        hooks.started()
        return handler.onRequestStart?.(...args)
      },
      onRequestUpgrade: (...args) => handler.onRequestUpgrade?.(...args),
      onResponseStart(...args) {
        const [controller, status, headers, reason] = args
        head(status, controller.rawHeaders ?? headers, reason)
        return handler.onResponseStart?.(...args)
      },
      onResponseData(...args) {
        tap?.data(copyOf(args[1]))
        return handler.onResponseData?.(...args)
      },
      onResponseEnd(...args) {
        const [controller, trailers] = args
        handler.onResponseEnd?.(...args)
        hooks.ended()
        tap?.end(pairsOf(controller.rawTrailers ?? trailers))
      },
      onResponseError(...args) {
        const [controller, error] = args
        failed(error, controller)
        return handler.onResponseError?.(...args)
      },
    }

  return {
    ...common,
    onConnect(abort, ...rest) {
      hooks.started()
      const watched = (reason?: Error): void => {
        aborted = true
        abort(reason)
      }
      return handler.onConnect?.(watched, ...rest)
    },
    onUpgrade: (...args) => handler.onUpgrade?.(...args),
    onHeaders(...args) {
      const [status, headers, , reason] = args
      head(status, headers, reason)
      return handler.onHeaders?.(...args)
    },
    onData(...args) {
      tap?.data(copyOf(args[0]))
      return handler.onData?.(...args)
    },
    onComplete(...args) {
      handler.onComplete?.(...args)
      hooks.ended()
      tap?.end(pairsOf(args[0]))
    },
    onError(...args) {
      failed(args[0])
      return handler.onError?.(...args)
    },
  }
}
