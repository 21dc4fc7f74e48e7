import { createHook } from 'node:async_hooks'
import { existsSync, readFileSync } from 'node:fs'

/** The attempts to reach the network. */
export interface Reached {
  /** The native requests of this process as `TYPE target`: connections, DNS lookups, UDP sockets. */
  readonly asked: readonly string[]
  /** The number of packets without a route. In a namespace without routes, this counts every attempt of any code. */
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
 * Counts the attempts to reach the network, below everything that JavaScript can patch.
 * @remarks Node makes these objects in C++ when it asks the operating system. A socket that cassette answers has a handle
 * but no such object.
 */
export function watchNetwork(): { since(): Reached } {
  let asked: string[] = []
  let before = unroutable()
  const hooks = {
    init(_: number, type: string, __: number, resource: object) {
      if (NATIVE.has(type)) asked.push(`${type} ${targetOf(resource)}`)
    },
    // An option of Node 24.12 and newer. Without it the hook is slow.
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
