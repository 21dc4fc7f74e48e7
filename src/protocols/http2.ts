import net from 'node:net'

import type { Gate } from '../exchange/answer.ts'
import { bypassInterceptors, isHttp2Stack } from './internals.ts'

/**
 * Keeps native HTTP/2 connections out of the socket layer, which they would hang: `http2.connect` hands the
 * socket's handle to nghttp2, so nothing is ever written to the socket that the interceptors watch.
 * Applied after the interceptors, whose patch of `connect` it wraps.
 */
export function guardHttp2(gate: Gate): void {
  const connect: unknown = Reflect.get(net.Socket.prototype, 'connect')
  if (typeof connect !== 'function') return
  const guarded = function (this: net.Socket, ...args: unknown[]): net.Socket {
    if (!isHttp2Stack(callerStack())) return Reflect.apply(connect, this, args) as net.Socket
    const target = { ...targetOf(args), protocol: 'http2' as const }
    const verdict = gate.active() ? gate.connect(target) : 'open'
    if (verdict instanceof Error) {
      process.nextTick(() => this.destroy(verdict))
      return this
    }
    return bypassInterceptors(() => Reflect.apply(connect, this, args) as net.Socket)
  }
  Reflect.set(net.Socket.prototype, 'connect', guarded)
}

function callerStack(): string | undefined {
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = 8
  const { stack } = new Error('connect')
  Error.stackTraceLimit = limit
  return stack
}

function targetOf(args: unknown[]): { host: string; port: number } {
  // `net.connect` and `tls.connect` call this with one array of normalized arguments.
  const first: unknown = Array.isArray(args[0]) ? (args[0] as unknown[])[0] : args[0]
  const options =
    typeof first === 'object' && first !== null ? (first as net.TcpSocketConnectOpts) : undefined
  return { host: options?.host ?? 'localhost', port: Number(options?.port ?? first ?? 0) }
}
