import { bufferOf } from '../../base/bytes.ts'
import { type JsonRpcMessage, jsonRpcMessages, type JsonToken } from './json-rpc.ts'
import { parseSseBytes, type SseEvent, type SseLine } from './sse.ts'

/** Where a server names a request of its client: the `id` of an answer, or the `progressToken` of a notification. */
export interface RpcPlace extends JsonToken {
  readonly names: 'id' | 'progressToken'
}

const LINES = /^application\/(?:x-)?(?:ndjson|jsonl|json-lines|json-seq|jsonlines)$/

/** Whether a body of this type may hold messages one by one, over time. */
export const isRpcStream = (type: string | undefined): boolean =>
  type === 'text/event-stream' || (type !== undefined && LINES.test(type))

/**
 * All places in a body, in order. Offsets are bytes of the body.
 * @param type of the content, lower case
 */
export function rpcPlaces(bytes: Uint8Array, type: string | undefined): RpcPlace[] {
  const buffer = bufferOf(bytes)
  if (!buffer.includes('"jsonrpc"')) return []
  if (type === 'text/event-stream')
    return [...parseSseBytes(buffer)].flatMap((event) => ofEvent(buffer, event))
  if (type !== undefined && LINES.test(type)) return ofLines(buffer)
  return ofMessages(jsonRpcMessages(buffer), (at) => at)
}

function ofMessages(messages: readonly JsonRpcMessage[] = [], placeOf: (at: number) => number): RpcPlace[] {
  const places: RpcPlace[] = []
  const add = (names: RpcPlace['names'], token: JsonToken | undefined): void => {
    if (!token) return
    const start = placeOf(token.start)
    places.push({ ...token, names, start, end: start + token.end - token.start })
  }
  for (const { kind, id, progressToken } of messages) {
    if (kind === 'answer') add('id', id)
    if (kind === 'notification') add('progressToken', progressToken)
  }
  return places
}

function ofLines(buffer: Buffer): RpcPlace[] {
  const places: RpcPlace[] = []
  for (let start = 0; start < buffer.length;) {
    const found = buffer.indexOf(0x0a, start)
    const end = found === -1 ? buffer.length : found
    const from = start
    places.push(...ofMessages(jsonRpcMessages(buffer.subarray(from, end)), (at) => from + at))
    start = end + 1
  }
  return places
}

/** The message of an event may stand on several `data` lines; no token of it does. */
function ofEvent(buffer: Buffer, { lines }: SseEvent): RpcPlace[] {
  const data = lines.filter(({ field }) => field === 'data')
  const texts = data.map(({ valueStart, end }) => buffer.subarray(valueStart, end))
  const joined = Buffer.concat(texts.flatMap((text, at) => (at === 0 ? [text] : [Buffer.from('\n'), text])))
  return ofMessages(jsonRpcMessages(joined), (at) => placeIn(data, at))
}

function placeIn(lines: readonly SseLine[], at: number): number {
  let left = at
  for (const { valueStart, end } of lines) {
    if (left <= end - valueStart) return valueStart + left
    left -= end - valueStart + 1
  }
  return at
}
