import type { Duplex } from 'node:stream'

import type { Dispatcher } from 'undici'

import type { HeaderPairs } from '../../exchange/exchange.ts'
import { headerObject } from '../../exchange/headers.ts'

/** The callbacks of undici 6 and of the fetch built into Node 22 and 24. The types of undici 8 leave them out. */
interface LegacyHandler {
  onConnect?(abort: (reason?: Error) => void, context: unknown): void
  onUpgrade?(status: number, headers: Buffer[], socket: Duplex): void
  onHeaders?(status: number, headers: Buffer[], resume: () => void, reason: string): boolean | undefined
  onData?(chunk: Buffer): boolean | undefined
  onComplete?(trailers: Buffer[] | null): void
  onError?(error: Error): void
}

/**
 * A client's handler, in one of two styles: undici 7 and 8 have `onRequestStart` ..., older versions have `onConnect`
 * .... A wrapper keeps the style: an inner dispatcher understands only the style of its own clients.
 */
export type DispatchHandler = Dispatcher.DispatchHandler & LegacyHandler

export const isModern = (handler: DispatchHandler): boolean => typeof handler.onRequestStart === 'function'

const asText = (value: unknown): string => (Buffer.isBuffer(value) ? value.toString('latin1') : String(value))

/**
 * Headers as pairs. undici gives them as a flat raw list (buffers or strings, values perhaps lists) or as a parsed
 * object.
 */
export function pairsOf(headers: unknown): HeaderPairs {
  const pairs: [string, string][] = []
  const add = (name: unknown, value: unknown): void => {
    if (Array.isArray(value)) for (const one of value) pairs.push([asText(name), asText(one)])
    else if (value !== undefined && value !== null) pairs.push([asText(name), asText(value)])
  }
  if (headers === undefined || headers === null) return pairs
  if (Array.isArray(headers)) {
    if (headers.every((item) => Array.isArray(item))) for (const [name, value] of headers) add(name, value)
    else for (let i = 0; i + 1 < headers.length; i += 2) add(headers[i], headers[i + 1])
  } else if (typeof headers === 'object' && Symbol.iterator in headers) {
    for (const [name, value] of headers as Iterable<[unknown, unknown]>) add(name, value)
  } else if (typeof headers === 'object') {
    for (const [name, value] of Object.entries(headers)) add(name, value)
  }
  return pairs
}

/** Headers as the flat list of buffers that undici's parser makes. */
export const rawHeadersOf = (pairs: HeaderPairs): Buffer[] =>
  pairs.flatMap(([name, value]) => [Buffer.from(name, 'latin1'), Buffer.from(value, 'latin1')])

/** Headers as the object that undici 7 and 8 make: lower-case names, repeated headers as lists. */
export const headerObjectOf = (pairs: HeaderPairs): Record<string, string | string[]> =>
  headerObject(pairs.map(([name, value]) => [name.toLowerCase(), value]))
