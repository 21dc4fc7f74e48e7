import { createHook } from 'node:async_hooks'

/** The async resources that Node creates for a real connection and for a real DNS query. */
const LEAVING = new Set([
  'TCPCONNECTWRAP',
  'PIPECONNECTWRAP',
  'UDPSENDWRAP',
  'GETADDRINFOREQWRAP',
  'GETNAMEINFOREQWRAP',
  'QUERYWRAP',
])

/** Notes every connection and DNS query until it is stopped. */
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
