import type { Gate } from '../../exchange/gate.ts'
import { namedHost } from '../non-http/dns.ts'
import type { ConnectionOptions } from '../sockets/dialler.ts'

/** Whether a connection may be made now, whatever comes out of it: no recording of its server could answer. */
export function mayDial(gate: Gate, { host, port, path }: ConnectionOptions): boolean {
  // No rule names the host that a client gives beside the path of a unix socket.
  const target = path
    ? { host: 'unix.invalid', port: 0 }
    : { host: namedHost(host ?? 'localhost'), port: Number(port) }
  return (['http1', 'http2'] as const).every((protocol) => gate.connect({ ...target, protocol }) === 'open')
}
