import { createHook } from 'node:async_hooks'

/** What Node's own code makes for a connection and for a DNS query that really leave. */
const LEAVING = new Set([
  'TCPCONNECTWRAP',
  'PIPECONNECTWRAP',
  'UDPSENDWRAP',
  'GETADDRINFOREQWRAP',
  'GETNAMEINFOREQWRAP',
  'QUERYWRAP',
])

/** Notes every connection and DNS query from now on until it is stopped. */
export function networkUse(): { stop(): string[] } {
  const used: string[] = []
  const hook = createHook({
    init(_, type) {
      if (LEAVING.has(type)) used.push(type)
    },
  }).enable()
  return {
    stop() {
      hook.disable()
      return used
    },
  }
}
