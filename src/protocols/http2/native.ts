import http2, {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type ClientSessionRequestOptions,
} from 'node:http2'

import { type RawHeaders, requestHeaders } from './headers.ts'
import { type Core, findCore } from '../internals/node-http2.ts'
import { bypassInterceptors } from '../internals/interceptors.ts'
import { unobserved } from '../internals/http-client/unobserved.ts'

/** Node's HTTP/2 as it was before this process was patched. */
const { connect } = http2
const core: Core = findCore(connect)
const { request } = core.prototype
const { close } = core.base

export { connect as nativeConnect, core, request as nativeRequest, close as nativeClose }

const ours = new WeakSet<ClientHttp2Session>()

/** Whether we opened this session ourselves, to reach a real server. */
export const isOurs = (session: ClientHttp2Session): boolean => ours.has(session)

/** Sends a request on exactly this session. */
export const requestOn = (
  session: ClientHttp2Session,
  raw: RawHeaders,
  options: ClientSessionRequestOptions,
): ClientHttp2Stream =>
  unobserved(() => ask(() => Reflect.apply(request, session, [requestHeaders(raw), options])))

let asking = 0

/**
 * Whether the stream that is created now was requested through us. A `request` that was taken before the patch was
 * not.
 */
export const isAsking = (): boolean => asking > 0

/** Runs `make`, which calls Node's own `request`. */
export function ask<T>(make: () => T): T {
  asking++
  try {
    return make()
  } finally {
    asking--
  }
}

let dialling = 0

/** Whether the connection that is opened now is one of ours. */
export const isDialling = (): boolean => dialling > 0

/** Opens a session to a real server, past all patches. Its errors are reported by its streams. */
export function connectForReal(
  authority: string | URL,
  options: http2.ClientSessionOptions | http2.SecureClientSessionOptions,
): ClientHttp2Session {
  dialling++
  let session: ClientHttp2Session
  try {
    session = bypassInterceptors(() => connect(authority, options))
  } finally {
    dialling--
  }
  ours.add(session)
  session.on('error', () => {})
  return session
}
