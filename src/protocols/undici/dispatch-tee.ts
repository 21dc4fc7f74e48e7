import type { Tap } from '../../exchange/gate.ts'
import type { ExchangeFailure } from '../../exchange/exchange.ts'
import {
  type Callback,
  type DispatchHandler,
  isModern,
  type ModernController,
  pairsOf,
} from './dispatch-handler.ts'
import { failureOf } from '../failure.ts'

export interface TeeHooks {
  readonly tap: Tap | undefined
  /** Called when undici begins to write the request, in the same tick as the write. */
  started(): void
  /** Whether it was written as a stream of HTTP/2. */
  isHttp2(): boolean
  /** Called when the exchange is over, before the tap hears of it. */
  ended(): void
}

const copyOf = (chunk: unknown): Buffer =>
  typeof chunk === 'string' ? Buffer.from(chunk) : Buffer.from(chunk as Uint8Array)

/**
 * The client's handler with a tee in every callback that the tap needs. The tap is told before the client, which may
 * abort at what it hears.
 * @note The style is kept: a dispatcher asks a handler of undici 6 for `onConnect`, one of 8 for `onRequestStart`.
 */
export function teeHandler(handler: DispatchHandler, hooks: TeeHooks): DispatchHandler {
  const { tap } = hooks
  const call = (name: string, args: unknown[]): unknown => {
    const method = handler[name]
    return method && Reflect.apply(method, handler, args)
  }
  const pass =
    (name: string) =>
    (...args: unknown[]) =>
      call(name, args)
  let aborted = false

  const failed = (error: unknown, controller?: ModernController): void => {
    hooks.ended()
    if (aborted || controller?.aborted === true) tap?.cut()
    else tap?.fail(failureOf(error) satisfies ExchangeFailure)
  }
  const head = (status: unknown, headers: unknown, reason: unknown): void => {
    if (typeof status !== 'number') return
    if (status > 101 && status < 200) tap?.informational({ status, headers: pairsOf(headers) })
    if (status < 200) return
    // HTTP/2 has no reason phrase: undici says an empty one.
    const line = hooks.isHttp2() ? { version: '2' as const } : typeof reason === 'string' ? { reason } : {}
    tap?.head({ status, headers: pairsOf(headers), ...line })
  }

  const teed: DispatchHandler = {
    onBodySent: pass('onBodySent'),
    onRequestSent: pass('onRequestSent'),
    onResponseStarted: pass('onResponseStarted'),
  }

  if (isModern(handler)) {
    teed['onRequestStart'] = (...args) => {
      hooks.started()
      return call('onRequestStart', args)
    }
    teed['onRequestUpgrade'] = pass('onRequestUpgrade')
    teed['onResponseStart'] = (...args) => {
      const [controller, status, headers, reason] = args
      head(status, (controller as ModernController | undefined)?.rawHeaders ?? headers, reason)
      return call('onResponseStart', args)
    }
    teed['onResponseData'] = (...args) => {
      tap?.data(copyOf(args[1]))
      return call('onResponseData', args)
    }
    teed['onResponseEnd'] = (...args) => {
      const result = call('onResponseEnd', args)
      hooks.ended()
      tap?.end(pairsOf((args[0] as ModernController | undefined)?.rawTrailers ?? args[1]))
      return result
    }
    teed['onResponseError'] = (...args) => {
      failed(args[1], args[0] as ModernController | undefined)
      return call('onResponseError', args)
    }
    return teed
  }

  teed['onConnect'] = (...args) => {
    hooks.started()
    const abort = args[0] as Callback | undefined
    const watched = (reason: unknown): unknown => {
      aborted = true
      return abort?.(reason)
    }
    return call('onConnect', [watched, ...args.slice(1)])
  }
  teed['onUpgrade'] = pass('onUpgrade')
  teed['onHeaders'] = (...args) => {
    head(args[0], args[1], args[3])
    return call('onHeaders', args)
  }
  teed['onData'] = (...args) => {
    tap?.data(copyOf(args[0]))
    return call('onData', args)
  }
  teed['onComplete'] = (...args) => {
    const result = call('onComplete', args)
    hooks.ended()
    tap?.end(pairsOf(args[0]))
    return result
  }
  teed['onError'] = (...args) => {
    failed(args[0])
    return call('onError', args)
  }
  return teed
}
