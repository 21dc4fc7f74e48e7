import { defined } from '../base/defined.ts'
import type { HeaderPairs } from './exchange.ts'

export interface ContentType {
  /** `type/subtype`, lower case. */
  readonly type: string
  /** Lower case. */
  readonly charset?: string
  /** As written: boundaries are case-sensitive. */
  readonly boundary?: string
  /** Every parameter: names in lower case, values as written without their quotes. The first one of a name counts. */
  readonly parameters: ReadonlyMap<string, string>
}

/** Node's raw headers (`[name, value, name, value ...]`) as pairs, in order. */
export function pairsOfFlat(flat: readonly string[]): HeaderPairs {
  const pairs: [string, string][] = []
  for (let i = 0; i + 1 < flat.length; i += 2) pairs.push([flat[i] ?? '', flat[i + 1] ?? ''])
  return pairs
}

/** Headers as an object. A repeated name becomes a list, at its first position. */
export function headerObject(pairs: HeaderPairs): Record<string, string | string[]> {
  const object = Object.create(null) as Record<string, string | string[]>
  for (const [name, value] of pairs) {
    const had = object[name]
    object[name] = had === undefined ? value : Array.isArray(had) ? [...had, value] : [had, value]
  }
  return object
}

/** The first value of that header. The letter case of its name does not matter. */
export function headerValue(headers: HeaderPairs, name: string): string | undefined {
  const wanted = name.toLowerCase()
  return headers.find(([candidate]) => candidate.toLowerCase() === wanted)?.[1]
}

/** Every value of that header, in order. The letter case of its name does not matter. */
export function headerValues(headers: HeaderPairs, name: string): string[] {
  const wanted = name.toLowerCase()
  return headers.filter(([candidate]) => candidate.toLowerCase() === wanted).map(([, value]) => value)
}

/** The parsed `content-type` of these headers; `undefined`: there is none, or it names no type. */
export function contentTypeOf(headers: HeaderPairs): ContentType | undefined {
  const value = headerValue(headers, 'content-type')
  return value === undefined ? undefined : parseContentType(value)
}

// `name=token` or `name="quoted \" string"` (RFC 9110 §5.6.6).
const PARAMETER = /;[ \t]*(?:([^\s;="]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"?|([^;]*)))?/gs

/** Parses a media type (RFC 9110 §8.3.1) and tolerates the usual mistakes of senders. `undefined`: it has no type. */
export function parseContentType(value: string): ContentType | undefined {
  const semicolon = value.indexOf(';')
  const type = (semicolon === -1 ? value : value.slice(0, semicolon)).trim().toLowerCase()
  if (type === '') return undefined
  const parameters = new Map<string, string>()
  if (semicolon !== -1) {
    for (const [, name, quoted, plain] of value.slice(semicolon).matchAll(PARAMETER)) {
      if (name === undefined) continue
      const key = name.toLowerCase()
      if (!parameters.has(key)) parameters.set(key, quoted?.replace(/\\(.)/gs, '$1') ?? (plain ?? '').trim())
    }
  }
  const charset = parameters.get('charset')?.toLowerCase()
  const boundary = parameters.get('boundary')
  return {
    type,
    ...defined({ charset, boundary }),
    parameters,
  }
}
