import { defined } from '../base/defined.ts'
import { isObject, type JsonValue, own } from '../providers/json/json.ts'
import { field, string } from './answer.ts'
import type { Received } from './reading/received.ts'
import type { DigestError } from './types.ts'

/** The error that a JSON object tells; `undefined`: it tells none. */
export function errorIn(record: JsonValue): DigestError | undefined {
  const inner = field(record, 'error')
  if (isObject(inner)) return errorOf(inner)
  if (typeof inner === 'string' && inner !== '')
    return { type: string(field(record, 'error_type')), message: inner }
  return undefined
}

/** The error of a response with an error status, whatever its body. */
export function errorOfStatus(received: Received): DigestError {
  const header = /^[^:]+/.exec(received.headers.get('x-amzn-errortype') ?? '')?.[0]
  const record = firstRecord(received)
  if (record !== undefined) {
    const error = errorIn(record) ?? errorOf(record)
    return error.type === '' && header !== undefined ? { ...error, type: header } : error
  }
  const message = received.form === 'text' ? received.text.trim() : ''
  return { type: header ?? '', message }
}

/** The inner `type`, else `code`, `status`, `__type`. */
export function errorOf(record: JsonValue): DigestError {
  const code = field(record, 'code')
  const type = field(record, 'type', 'code', 'status', '__type')
  const message = field(record, 'message', 'Message', 'detail', 'error_description', 'title')
  return {
    type: word(type),
    ...defined({ code: code === undefined ? undefined : word(code) }),
    message: typeof message === 'string' ? message : message === undefined ? '' : JSON.stringify(message),
  }
}

const word = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : ''

function firstRecord(received: Received): JsonValue | undefined {
  if (received.form === 'json')
    return Array.isArray(received.json) ? (received.json as JsonValue[])[0] : received.json
  if (received.form !== 'stream') return undefined
  const records = received.events.map(({ data }) => data)
  return records.find((record) => isObject(record) && own(record, 'error') !== undefined) ?? records[0]
}
