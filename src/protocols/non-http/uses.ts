import dgram from 'node:dgram'
import dns from 'node:dns'
import { syncBuiltinESMExports } from 'node:module'
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'

import { nextMicrotask } from '../../clock.ts'
import type { Gate, NonHttpUse } from '../../exchange/gate.ts'
import { type Method, replaceMethod } from './replace-method.ts'

/** How the gate is asked about a connection if its client does not speak HTTP on it. */
export function nonHttpUseOf(
  socket: Socket,
  { host, port, path }: { host: string; port: number; path?: string | null | undefined },
): NonHttpUse {
  if (path) return { kind: 'unix', path }
  return { kind: socket instanceof TLSSocket ? 'tls' : 'tcp', host, port }
}

type Callback = (error: Error) => void

const isCallback = (value: unknown): value is Callback => typeof value === 'function'

const QUERIES =
  'resolve resolve4 resolve6 resolveAny resolveCaa resolveCname resolveMx resolveNaptr resolveNs'
const MORE = 'resolvePtr resolveSoa resolveSrv resolveTlsa resolveTxt reverse'
const RESOLVER_METHODS = `${QUERIES} ${MORE}`.split(' ')
const MODULE_METHODS = ['lookup', 'lookupService', ...RESOLVER_METHODS]

/**
 * Asks `gate` before each DNS query and each UDP message of the program. Connections are asked for where sockets are
 * intercepted.
 * @remarks A function of `node:dns` that the program took before this patch is out of reach.
 */
export function guardNonHttpUses(gate: Gate): void {
  const stopped = (use: NonHttpUse): Error | undefined => (gate.active() ? gate.nonHttp(use) : undefined)
  const question = (by: 'lookup' | 'query', [host]: unknown[]): Error | undefined =>
    typeof host === 'string' ? stopped({ kind: 'dns', by, host }) : undefined
  const asking = (by: 'lookup' | 'query'): Record<'callback' | 'promise', (original: Method) => Method> => ({
    callback: (original) =>
      function (this: unknown, ...args) {
        const callback = args.at(-1)
        const error = isCallback(callback) ? question(by, args) : undefined
        if (!error || !isCallback(callback)) return Reflect.apply(original, this, args)
        nextMicrotask(() => callback(error))
        return {}
      },
    promise: (original) =>
      function (this: unknown, ...args) {
        const error = question(by, args)
        return error ? Promise.reject(error) : Reflect.apply(original, this, args)
      },
  })
  for (const name of MODULE_METHODS) {
    const { callback, promise } = asking(name === 'lookup' ? 'lookup' : 'query')
    replaceMethod(dns, name, callback)
    replaceMethod(dns.promises, name, promise)
  }
  const query = asking('query')
  for (const name of RESOLVER_METHODS) {
    replaceMethod(dns.Resolver.prototype, name, query.callback)
    replaceMethod(dns.promises.Resolver.prototype, name, query.promise)
  }
  syncBuiltinESMExports()

  const toTarget = (
    original: Method,
    target: (socket: dgram.Socket, args: unknown[]) => NonHttpUse,
  ): Method =>
    function (this: unknown, ...args) {
      const socket = this as dgram.Socket
      const error = stopped(target(socket, args))
      if (!error) return Reflect.apply(original, socket, args)
      const callback = args.at(-1)
      nextMicrotask(() => (isCallback(callback) ? callback(error) : socket.emit('error', error)))
      return undefined
    }
  replaceMethod(dgram.Socket.prototype, 'send', (original) => toTarget(original, sendTarget))
  replaceMethod(dgram.Socket.prototype, 'connect', (original) =>
    toTarget(original, (_, [port, host]) => udp(port, host)),
  )
}

const udp = (port: unknown, host: unknown): NonHttpUse => ({
  kind: 'udp',
  // Node's default (`dgram.Socket.send`). For an IPv6 socket it is `::1`, which is loopback too.
  host: typeof host === 'string' && host !== '' ? host : '127.0.0.1',
  port: Number(port),
})

/** `send(msg, [offset, length,] [port [, address]] [, callback])`. A connected socket already has a target. */
function sendTarget(socket: dgram.Socket, [, ...args]: unknown[]): NonHttpUse {
  try {
    const { port, address } = socket.remoteAddress()
    return udp(port, address)
  } catch {
    const hasOffset = Boolean(args[3]) || (Boolean(args[2]) && !isCallback(args[2]))
    const [port, host] = hasOffset ? args.slice(2) : args
    return udp(port, host)
  }
}
