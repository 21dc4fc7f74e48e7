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
import type { UndiciRequests } from './requests.ts'

/**
 * Where fetch and undici look for the dispatcher of a request that names none. Built-in fetch and undici 6
 * and 7 read the first, undici 8 the second; each may hold another dispatcher.
 */
const SLOTS = [Symbol.for('undici.globalDispatcher.1'), Symbol.for('undici.globalDispatcher.2')]
const WRAPPED = Symbol.for('cassette.dispatcher')

/**
 * Puts a dispatcher of ours in front of the global ones. Called again before every session: a program may
 * have set another one since. Requests it forwards are announced to `undici`, so that the socket layer
 * beneath does not take them for new ones.
 * @returns how many slots are covered
 */
export function coverGlobalDispatchers(gate: Gate, undici: UndiciRequests): number {
  // The built-in dispatcher is made when the built-in undici is first used.
  void globalThis.Response
  let covered = 0
  for (const slot of SLOTS) {
    const inner: unknown = Reflect.get(globalThis, slot)
    if (!isDispatcher(inner)) continue
    covered++
    if (Reflect.get(inner, WRAPPED) === true) continue
    Object.defineProperty(globalThis, slot, {
      value: wrap(inner, gate, undici),
      writable: true,
      enumerable: false,
      configurable: false,
    })
  }
  return covered
}

const isDispatcher = (value: unknown): value is Dispatcher =>
  typeof value === 'object' && value !== null && typeof Reflect.get(value, 'dispatch') === 'function'

/** @remarks A proxy, not a subclass: `instanceof`, `compose()` and the options others read stay the inner one's. */
function wrap(inner: Dispatcher, gate: Gate, undici: UndiciRequests): object {
  const dispatch = (options: Dispatcher.DispatchOptions, handler: DispatchHandler): boolean => {
    const tunnel = options.upgrade !== undefined && options.upgrade !== null && options.upgrade !== false
    if (!gate.active() || tunnel || options.method === 'CONNECT') return inner.dispatch(options, handler)
    void answered(inner, gate, undici, options, handler)
    return true
  }
  return new Proxy(inner, {
    get(target, property) {
      if (property === 'dispatch') return dispatch
      if (property === WRAPPED) return true
      const value: unknown = Reflect.get(target, property, target)
      // `compose` builds on `this.dispatch`, which has to be ours; all else may touch private fields.
      if (typeof value !== 'function' || property === 'compose' || property === 'constructor') return value
      return (...args: unknown[]): unknown => Reflect.apply(value, target, args)
    },
  })
}

async function answered(
  inner: Dispatcher,
  gate: Gate,
  undici: UndiciRequests,
  options: Dispatcher.DispatchOptions,
  handler: DispatchHandler,
): Promise<void> {
  const sink = sinkOf(handler, () => request.ended())
  // As live: a client hears that its request is under way before its body is read, and can abort while it is.
  const request = dispatchedRequest(options, agentSocketPath(inner), () => sink.start())
  try {
    const outcome = await gate.answer(request.incoming)
    if (sink.gone.aborted) {
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
    sink.start()
    if (sink.gone.aborted) return
    if (outcome.kind === 'refuse') return await refuse(outcome, sink)
    // Not awaited: a duplex client goes on writing until it has read the answer.
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
