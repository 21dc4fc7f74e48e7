import { isList, isObject, type JsonObject, type JsonValue, own } from './json.ts'

/** Stands for a number that each client counts anew. */
const ANY_ID = 'any'
const CANCELLED = 'notifications/cancelled'

/**
 * Messages of JSON-RPC 2.0, single or in a batch, without what each client counts anew: the `id` of a request, its
 * `_meta.progressToken`, and the `requestId` of a cancellation. Ids of answers stay: the server gave them.
 */
export function withoutRpcIds(json: JsonValue): JsonValue {
  if (isList(json)) return json.map(withoutIds)
  return withoutIds(json)
}

function withoutIds(message: JsonValue): JsonValue {
  if (!isObject(message) || own(message, 'jsonrpc') !== '2.0' || typeof own(message, 'method') !== 'string')
    return message
  const named = own(message, 'id') === undefined ? message : { ...message, id: ANY_ID }
  const params = own(message, 'params')
  if (!isObject(params)) return named
  return { ...named, params: withoutTokens(params, message['method'] === CANCELLED) }
}

function withoutTokens(params: JsonObject, isCancellation: boolean): JsonObject {
  const meta = own(params, '_meta')
  const isNamed = isObject(meta) && own(meta, 'progressToken') !== undefined
  return {
    ...params,
    ...(isNamed && { _meta: { ...meta, progressToken: ANY_ID } }),
    ...(isCancellation && { requestId: ANY_ID }),
  }
}
