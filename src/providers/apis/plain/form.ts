import { isUtf8 } from 'node:buffer'
import { bufferOf } from '../../../base/bytes.ts'
import { parseContentType } from '../../../exchange/headers.ts'
import { isObject, set } from '../../json/json.ts'
import { isUncountedParameter, plainName } from '../../requests/credentials.ts'
import { only, percentDecoded } from '../../requests/location.ts'
import { plainRoute } from '../../requests/routes.ts'
import type { ParsedRequest, Provider } from '../../types.ts'
import { placeFields } from './plain.ts'

const TYPE = 'application/x-www-form-urlencoded'

/**
 * URL-encoded forms, field by field. The order of different fields does not matter, and `+` is `%20`. JSON that a client sends
 * with the type of a form (as curl does) is JSON.
 */
export const form: Provider = {
  api: 'plain',
  detect: ({ headers, json }) =>
    parseContentType(headers.get('content-type') ?? '')?.type === TYPE &&
    !isObject(json) &&
    !Array.isArray(json),
  operation: () => 'form',
  route: plainRoute,
  canonicalize: (request) => ({ fields: { ...placeFields(request), body: formBody(request) } }),
}

const decoded = (text: string): string => percentDecoded(text.replaceAll('+', ' '))

/** The names and values of a form, in order. */
const pairsOf = (bytes: Uint8Array): (readonly [name: string, value: string])[] =>
  bufferOf(bytes)
    .toString(isUtf8(bytes) ? 'utf8' : 'latin1')
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const equals = pair.indexOf('=')
      return equals === -1
        ? [decoded(pair), '']
        : [decoded(pair.slice(0, equals)), decoded(pair.slice(equals + 1))]
    })

function formBody({ bytes, keep, counted, moments }: ParsedRequest): Record<string, unknown> {
  const pairs = pairsOf(bytes)
  const names = new Set(pairs.map(([name]) => name))
  const isSts = pairs.some(([name, value]) => name === 'Action' && value.startsWith('AssumeRole'))
  const out: Record<string, unknown> = {}
  for (const [name, list] of Map.groupBy(pairs, ([key]) => key)) {
    const kept = keep.has(name) || counted.has(plainName(name))
    const values = list
      .map(([, value]) => value)
      .filter((value) => kept || !isUncountedParameter(name, value, names, { moments }))
      .filter((value) => !(isSts && name === 'RoleSessionName' && MADE_UP.test(value)))
    if (values.length > 0) set(out, name, only(values))
  }
  return out
}

/** A session name that an SDK made up: it ends with a time of its clock, or with a UUID. */
const MADE_UP = /(?:\d{10}|\d{13}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i
