import type { ExchangeFailure } from '../exchange/exchange.ts'

/** The parts of a transport error that are recorded. Addresses are left out: they change from run to run. */
export function failureOf(error: unknown): ExchangeFailure {
  if (!(typeof error === 'object' && error !== null)) return { name: 'Error', message: String(error) }
  const { name, message, code } = error as { name?: unknown; message?: unknown; code?: unknown }
  return {
    name: typeof name === 'string' && name !== '' ? name : 'Error',
    message: typeof message === 'string' ? message : '',
    ...(typeof code === 'string' ? { code } : {}),
  }
}

/** The recorded failure as an `Error` of this realm: clients test for `instanceof Error` and read `code`. */
export function errorOf(failure: ExchangeFailure): Error {
  const error = new Error(failure.message)
  Object.defineProperty(error, 'name', { value: failure.name, configurable: true, writable: true })
  if (failure.code !== undefined) Object.assign(error, { code: failure.code })
  return error
}

/** The error that undici raises if the server closes the connection before the response has ended. */
export const otherSideClosed = (): Error =>
  errorOf({ name: 'SocketError', message: 'other side closed', code: 'UND_ERR_SOCKET' })

/** `write EPROTO NUMBER:error:CODE:LIBRARY:FUNCTION:REASON:FILE:LINE:`, as OpenSSL and Node make it. */
const FAILED_WRITE =
  /^write EPROTO (?<text>[^:]*:error:[^:]*:(?<library>[^:]*):[^:]*:(?<reason>[^:]*):[\s\S]*)$/

/**
 * Turns the error of a write during a failed TLS handshake into the error of the handshake. undici waits for the
 * handshake before it writes, so its program expects the second one. The write was ours.
 */
export function asHandshakeError(error: Error): void {
  const { text, library, reason } = FAILED_WRITE.exec(error.message)?.groups ?? {}
  if (text === undefined || library === undefined || reason === undefined) return
  for (const name of ['errno', 'code', 'syscall']) Reflect.deleteProperty(error, name)
  const code = `ERR_SSL_${reason.toUpperCase().replaceAll(' ', '_')}`
  Object.assign(error, { message: text, library, reason, code })
}
