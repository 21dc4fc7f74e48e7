import { followUndiciRequests, type UndiciRequests } from './requests.ts'
import { followUndiciSockets, type UndiciSockets } from './sockets.ts'

let following: { readonly undici: UndiciRequests; readonly pools: UndiciSockets } | undefined

/** Follows what undici does in this process, from the first call on. Every call returns the same. */
export function followUndici(): { readonly undici: UndiciRequests; readonly pools: UndiciSockets } {
  if (following) return following
  const undici = followUndiciRequests()
  return (following = { undici, pools: followUndiciSockets(undici) })
}
