import type { Dispatcher } from 'undici'

import { toError } from '../../base/to-error.ts'
import type { Gate, Refuse } from '../../exchange/gate.ts'
import type { DispatchHandler } from './dispatch-handler.ts'
import { dispatchedRequest } from './dispatch-request.ts'
import { type DispatchSink, sinkOf } from './dispatch-sink.ts'
import { teeHandler } from './dispatch-tee.ts'
import { agentSocketPath } from '../internals/unix-paths.ts'
import { playReplay, replayOf } from '../play-replay.ts'
import { pace } from '../replay-pace.ts'
import { publishRequest } from './published.ts'
import type { UndiciRequests } from './requests.ts'

/**
 * The global dispatchers: fetch and undici use them for a request that names none. Built-in fetch and undici 6 and 7
 * read the first, undici 8 the second. The two may differ.
 */
const SLOTS = [Symbol.for('undici.globalDispatcher.1'), Symbol.for('undici.globalDispatcher.2')]
const WRAPPED = Symbol.for('cassette.dispatcher')

/**
 * Wraps the global dispatchers. Called again before every session: the program may have set others since. Forwarded
 * requests are announced to `undici`, so that the socket layer does not answer them again.
 */
export function coverGlobalDispatchers(gate: Gate, undici: UndiciRequests): void {
  // This first use of the built-in undici creates its dispatcher.
  void globalThis.Response
  for (const slot of SLOTS) {
    const inner: unknown = Reflect.get(globalThis, slot)
    if (!isDispatcher(inner)) continue
    if (Reflect.get(inner, WRAPPED) === true) continue
    Object.defineProperty(globalThis, slot, {
      value: wrap(inner, gate, undici),
      writable: true,
      enumerable: false,
      configurable: false,
    })
  }
}

/**
 * A dispatcher for one request of fetch, which `gate` answers or lets pass.
 * @param inner the one that sends it; default: the global one
 */
export function gatedDispatcher(gate: Answers, inner?: object): object {
  // This first use of the built-in undici creates its dispatcher.
  void globalThis.Response
  const sending: unknown = inner ?? Reflect.get(globalThis, SLOTS[0] ?? '')
  if (!isDispatcher(sending)) throw new TypeError('fetch has no dispatcher')
  // The socket layer is not asked: it lets pass what comes from here, or is not there.
  return wrap(sending, gate, { began() {} })
}

type Answers = Pick<Gate, 'active' | 'answer'>
type Announcing = Pick<UndiciRequests, 'began'>

const isDispatcher = (value: unknown): value is Dispatcher =>
  typeof value === 'object' && value !== null && typeof Reflect.get(value, 'dispatch') === 'function'

/**
 * @remarks A proxy, not a subclass: `instanceof`, `compose()` and the options that others read stay those of the inner
 * one.
 */
function wrap(inner: Dispatcher, gate: Answers, undici: Announcing): object {
  const undecided = new Set<Promise<void>>()
  let drained: Promise<unknown> | undefined
  let closing: Promise<void> | undefined
  const dispatch = (options: Dispatcher.DispatchOptions, handler: DispatchHandler): boolean => {
    const tunnel = options.upgrade !== undefined && options.upgrade !== null && options.upgrade !== false
    if (!gate.active() || tunnel || options.method === 'CONNECT') return inner.dispatch(options, handler)
    if (drained) {
      // Closed by then, it refuses this one itself.
      void drained.then(() => inner.dispatch(options, handler))
      return true
    }
    const answer = answered(inner, gate, undici, options, handler)
    undecided.add(answer)
    void answer.finally(() => undecided.delete(answer))
    return true
  }
  /** A dispatcher that closes waits for its requests: also for those that have not reached it yet. */
  const close = (callback?: () => void): Promise<void> | undefined => {
    if (undecided.size === 0 && !closing && !callback) return inner.close()
    drained ??= Promise.all(undecided)
    closing ??= drained.then(() => inner.close())
    if (!callback) return closing
    void closing.finally(callback)
    return undefined
  }
  return new Proxy(inner, {
    get(target, property) {
      if (property === 'dispatch') return dispatch
      if (property === 'close') return close
      if (property === WRAPPED) return true
      const value: unknown = Reflect.get(target, property, target)
      // `compose` uses `this.dispatch`, which must be ours. All other methods may use private fields, so they run on
      // the target.
      if (typeof value !== 'function' || property === 'compose' || property === 'constructor') return value
      return (...args: unknown[]): unknown => Reflect.apply(value, target, args)
    },
  })
}

async function answered(
  inner: Dispatcher,
  gate: Answers,
  undici: Announcing,
  options: Dispatcher.DispatchOptions,
  handler: DispatchHandler,
): Promise<void> {
  const sink = sinkOf(handler, () => request.ended())
  // As without cassette: the client is told that its request has started before its body is read, and can abort
  // meanwhile.
  const request = dispatchedRequest(options, agentSocketPath(inner), () => sink.start())
  try {
    const outcome = await gate.answer(request.incoming)
    if (sink.gone.aborted) {
      sink.publish(publishRequest(options))
      if (outcome.kind === 'forward') outcome.tap?.cut()
      return
    }
    if (outcome.kind === 'forward') {
      sink.detach()
      const sent = { isHttp2: false }
      const tee = teeHandler(handler, {
        tap: outcome.tap,
        started: () => undici.began(sent),
        isHttp2: () => sent.isHttp2,
        ended: () => request.ended(),
      })
      inner.dispatch(request.forwarded(outcome.tap !== undefined), tee)
      return
    }
    const published = publishRequest(options)
    sink.publish(published)
    sink.start()
    if (sink.gone.aborted) return
    published.started()
    if (outcome.kind === 'refuse') return await refuse(outcome, sink)
    // Not awaited: a duplex client goes on writing until it has read the response.
    request.incoming.body().then(
      (body) => sink.sent(body),
      (error: unknown) => sink.error(toError(error)),
    )
    await playReplay(outcome, sink)
  } catch (error) {
    sink.error(toError(error))
  }
}

async function refuse({ error, reply }: Refuse, sink: DispatchSink): Promise<void> {
  await pace(0, 0, sink.gone)
  if (reply) await playReplay(replayOf(reply), sink)
  else sink.error(error)
}
