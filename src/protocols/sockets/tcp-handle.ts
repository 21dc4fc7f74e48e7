import { isIPv6, type Socket } from 'node:net'

import { nextTurn } from '../../clock.ts'
import type { StreamHandle } from './native-stream.ts'

interface Circumstances {
  readonly live: () => Socket | undefined
  readonly options: () => { readonly host?: string | null; readonly port?: unknown }
  readonly queued: () => number
  readonly onClose: (isReset: boolean) => void
}

type Method = (...args: unknown[]) => unknown
interface Address {
  address?: string
  port?: number
  family?: string
}

/** The handle under a socket, of which Node has no documented view. */
const handleOf = (socket: Socket | undefined): object | undefined => {
  const handle: unknown = socket && Reflect.get(socket, '_handle')
  return typeof handle === 'object' && handle !== null ? handle : undefined
}

/** Calls a method of the handle under a live connection; `undefined`: there is none. */
export function askLive(live: Socket | undefined, name: string, args: readonly unknown[]): unknown {
  const handle = handleOf(live)
  const method: unknown = handle && Reflect.get(handle, name)
  return typeof method === 'function' ? Reflect.apply(method as Method, handle, args) : undefined
}

const done = (): number => 0

/** Gives a stream what Node asks of the handle of a TCP connection. */
export function likeTcp(handle: StreamHandle, { live, options, queued, onClose }: Circumstances): void {
  let isClosed = false
  let isRefed = true
  const close =
    (isReset: boolean): Method =>
    (callback: unknown): number => {
      if (isClosed) return 0
      isClosed = true
      onClose(isReset)
      if (typeof callback === 'function') nextTurn(() => Reflect.apply(callback, handle, []) as void)
      return 0
    }
  const localPort = 49_152 + Math.floor(Math.random() * 16_384)
  const madeUp = (name: string, to: Address): number => {
    const { host, port } = options()
    const isSix = isIPv6(host ?? '')
    Object.assign(to, {
      address: isSix ? '::1' : '127.0.0.1',
      family: isSix ? 'IPv6' : 'IPv4',
      port: name === 'getpeername' ? Number(port) : localPort,
    })
    return 0
  }
  const address =
    (name: string): Method =>
    (to) =>
      askLive(live(), name, [to]) ?? madeUp(name, to as Address)
  const set =
    (name: string): Method =>
    (...args) =>
      askLive(live(), name, args) ?? 0
  const ref = (is: boolean) => (): void => {
    isRefed = is
    live()?.[is ? 'ref' : 'unref']()
  }
  const methods: Record<string, Method> = {
    close: close(false),
    reset: close(true),
    isClosing: () => isClosed,
    ref: ref(true),
    unref: ref(false),
    hasRef: () => isRefed && !isClosed,
    bind: done,
    bind6: done,
    open: done,
    getpeername: address('getpeername'),
    getsockname: address('getsockname'),
    setNoDelay: set('setNoDelay'),
    setKeepAlive: set('setKeepAlive'),
    setBlocking: set('setBlocking'),
    setTypeOfService: set('setTypeOfService'),
    getTypeOfService: set('getTypeOfService'),
  }
  for (const [name, value] of Object.entries(methods))
    Object.defineProperty(handle, name, { value, configurable: true, writable: true })
  Object.defineProperties(handle, {
    fd: { get: () => Number(Reflect.get(handleOf(live()) ?? {}, 'fd') ?? -1), configurable: true },
    writeQueueSize: { get: queued, configurable: true },
  })
}
