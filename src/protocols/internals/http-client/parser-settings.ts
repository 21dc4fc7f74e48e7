import { defined } from '../../../base/defined.ts'
import type { ParserSettings } from '../../connection/response-reader.ts'

/**
 * The settings with which Node's HTTP client parses the response on this socket. `undefined`: another client has the
 * socket.
 * @remarks Node keeps the request on its socket, and the options of the parser on the request.
 */
export function parserSettingsOf(socket: object): ParserSettings | undefined {
  const request: unknown = Reflect.get(socket, '_httpMessage')
  if (typeof request !== 'object' || request === null) return undefined
  const insecure: unknown = Reflect.get(request, 'insecureHTTPParser')
  const size: unknown = Reflect.get(request, 'maxHeaderSize')
  return defined({
    insecureHTTPParser: typeof insecure === 'boolean' ? insecure : undefined,
    maxHeaderSize: typeof size === 'number' ? size : undefined,
  })
}
