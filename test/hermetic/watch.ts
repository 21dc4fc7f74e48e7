import { createHook } from 'node:async_hooks'
import { existsSync, readFileSync } from 'node:fs'

/** What reached, or tried to reach, the network. */
export interface Reached {
  /** Native requests of this process: a connection, a name looked up, a UDP socket. As `TYPE target`. */
  readonly asked: readonly string[]
  /** Packets the kernel had no route for: in a namespace without one, every attempt of anybody. */
  readonly unroutable: number
}

const NATIVE = new Set([
  'TCPCONNECTWRAP',
  'PIPECONNECTWRAP',
  'GETADDRINFOREQWRAP',
  'GETNAMEINFOREQWRAP',
  'QUERYWRAP',
  'UDPWRAP',
])

interface Resource {
  readonly address?: unknown
  readonly port?: unknown
  readonly hostname?: unknown
}

const targetOf = ({ address, port, hostname }: Resource): string =>
  [hostname ?? address, port].filter((one) => one !== undefined).join(':')

/** The counter `OutNoRoutes` of IPv4 and IPv6 (RFC 4293, ipSystemStatsOutNoRoutes) in this network namespace. */
function unroutable(): number {
  if (!existsSync('/proc/self/net/snmp')) return 0
  const [names = '', values = ''] = readFileSync('/proc/self/net/snmp', 'utf8').split('\n')
  const ipv4 = Number(values.split(' ')[names.split(' ').indexOf('OutNoRoutes')])
  const ipv6 = Number(/Ip6OutNoRoutes\s+(\d+)/.exec(readFileSync('/proc/self/net/snmp6', 'utf8'))?.[1] ?? 0)
  return ipv4 + ipv6
}

/**
 * Counts what reaches the network, below everything JavaScript can patch.
 * @note Node makes these objects in C++, in the moment in which it asks the operating system: a socket that is
 * answered by us has a handle, and no such request.
 */
export function watchNetwork(): { since(): Reached } {
  let asked: string[] = []
  let before = unroutable()
  const hooks = {
    init(_: number, type: string, __: number, resource: object) {
      if (NATIVE.has(type)) asked.push(`${type} ${targetOf(resource)}`)
    },
    // Of Node 24.12 and newer, and slow without.
    trackPromises: false,
  }
  createHook(hooks).enable()
  return {
    since() {
      const now = unroutable()
      const reached = { asked, unroutable: now - before }
      asked = []
      before = now
      return reached
    },
  }
}
