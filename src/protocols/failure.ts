import type { ExchangeFailure } from '../exchange/exchange.ts'

/** What of a transport error goes into a cassette. Addresses stay out: they change from run to run. */
export function failureOf(error: unknown): ExchangeFailure {
  if (!(typeof error === 'object' && error !== null)) return { name: 'Error', message: String(error) }
  const { name, message, code } = error as { name?: unknown; message?: unknown; code?: unknown }
  return {
    name: typeof name === 'string' && name !== '' ? name : 'Error',
    message: typeof message === 'string' ? message : '',
    ...(typeof code === 'string' ? { code } : {}),
  }
}

/** A real `Error` of this realm: clients test for `instanceof Error` and read `code`. */
export function errorOf(failure: ExchangeFailure): Error {
  const error = new Error(failure.message)
  Object.defineProperty(error, 'name', { value: failure.name, configurable: true, writable: true })
  if (failure.code !== undefined) Object.assign(error, { code: failure.code })
  return error
}

/** What undici raises where a server closes in mid-response. */
export const otherSideClosed = (): Error =>
  errorOf({ name: 'SocketError', message: 'other side closed', code: 'UND_ERR_SOCKET' })

/** `write EPROTO NUMBER:error:CODE:LIBRARY:FUNCTION:REASON:FILE:LINE:`, as OpenSSL and Node make it. */
const FAILED_WRITE =
  /^write EPROTO (?<text>[^:]*:error:[^:]*:(?<library>[^:]*):[^:]*:(?<reason>[^:]*):[\s\S]*)$/

/**
 * Makes the error of a write that met a failed TLS handshake into the one that Node gives a client which waits for the
 * handshake before it writes, as undici does. Such a client never wrote: the write was ours.
 */
export function asHandshakeError(error: Error): void {
  const { text, library, reason } = FAILED_WRITE.exec(error.message)?.groups ?? {}
  if (text === undefined || library === undefined || reason === undefined) return
  for (const name of ['errno', 'code', 'syscall']) Reflect.deleteProperty(error, name)
  const code = `ERR_SSL_${reason.toUpperCase().replaceAll(' ', '_')}`
  Object.assign(error, { message: text, library, reason, code })
}
