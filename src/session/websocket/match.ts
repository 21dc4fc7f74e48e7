import { isUtf8 } from 'node:buffer'

import { defined } from '../../base/defined.ts'
import { bufferOf } from '../../base/bytes.ts'
import type { FrameContent } from '../../exchange/exchange.ts'
import { type Difference, Differ } from '../../fingerprint/differences/differ.ts'
import { isList, isObject, type JsonValue, own, parseJson, set } from '../../providers/json/json.ts'
import { withoutRpcIds } from '../../providers/json/json-rpc.ts'
import { isUncounted, plainName } from '../../providers/requests/credentials.ts'
import { toByteText } from '../../redaction/byte-text.ts'
import type { Place } from '../../redaction/json/paths.ts'
import { matchesPath, parseUserPath, type UserPath } from '../../redaction/json/user-paths.ts'
import type { FrameMatcher, FrameView, WebSocketOptions } from '../options/websocket.ts'

/** The differences between a recorded message and the incoming one; none: they are the same. */
export type CompareFrames = (name: string, recorded: FrameContent, incoming: FrameContent) => Difference[]

export function compareFrames({ matchOn, ignore }: WebSocketOptions = {}): CompareFrames {
  const ignored = (ignore ?? []).map(parseUserPath).filter((path) => path !== undefined)
  if (typeof matchOn === 'function') return byFunction(matchOn)
  return (name, recorded, incoming) => {
    const differ = new Differ()
    const [left, right] = [viewOf(recorded), viewOf(incoming)]
    if (left.json !== undefined && right.json !== undefined && matchOn) {
      for (const field of matchOn) {
        const steps = field.split('.')
        const [a, b] = [left, right].map(({ json }) => valueAt(comparable(json, ignored), steps))
        differ.field(`${name}.${field}`, a, b)
      }
    } else if (left.type !== right.type) {
      differ.scalar(`${name}.type`, left.type, right.type)
    } else {
      differ.field(name, contentOf(left, ignored), contentOf(right, ignored))
    }
    return differ.found
  }
}

const byFunction =
  (matches: FrameMatcher): CompareFrames =>
  (name, recorded, incoming) => {
    const [left, right] = [viewOf(recorded), viewOf(incoming)]
    if (matches(left, right)) return []
    return [{ path: name, recorded: contentOf(left, []), incoming: contentOf(right, []) }]
  }

function viewOf(frame: FrameContent): FrameView {
  const data = 'data' in frame ? frame.data : new Uint8Array()
  const type = frame.kind === 'text' ? 'text' : 'binary'
  if (!isUtf8(data)) return { type, data }
  const text = bufferOf(data).toString()
  const json = /^\s*[{[]/.test(text) ? parseJson(text)?.value : undefined
  return { type, data, text, ...defined({ json }) }
}

/** The part of a message that is compared: JSON without ids and times that a client makes anew, text, or bytes as base64. */
function contentOf({ type, data, text, json }: FrameView, ignored: readonly UserPath[]): unknown {
  if (json !== undefined) return comparable(json, ignored)
  return type === 'text' && text !== undefined ? text : Buffer.from(data).toString('base64')
}

function valueAt(value: unknown, steps: readonly string[]): unknown {
  const [step, ...rest] = steps
  if (step === undefined) return value
  if (isList(value)) return value.map((item) => valueAt(item, steps))
  return isObject(value) ? valueAt(own(value, step), rest) : undefined
}

/** Names of the ids and times of a message, event or item, without `_` and `-`, in lower case. */
const VOLATILE = new Set(
  'eventid itemid previousitemid responseid callid toolcallid tooluseid approvalrequestid createdat timestamp'.split(
    ' ',
  ),
)
/** Names of fields that hold data of the user or of the model. */
const PAYLOAD = new Set(
  'arguments args parameters parametersJsonSchema input_schema inputSchema schema data documents text'.split(
    ' ',
  ),
)

interface Walk {
  readonly ignored: readonly UserPath[]
  readonly place: Place
  readonly indices: readonly number[]
  readonly inPayload: boolean
}

const ROOT: Place = { name: undefined, parent: undefined, depth: 0 }

const comparable = (json: unknown, ignored: readonly UserPath[]): unknown =>
  strip(withoutRpcIds(json as JsonValue), { ignored, place: ROOT, indices: [], inPayload: false })

function strip(value: unknown, walk: Walk): unknown {
  const { ignored, place, indices } = walk
  const below = (name: string | undefined): Place => ({
    name: name === undefined ? undefined : toByteText(name),
    parent: place,
    depth: place.depth + 1,
  })
  const isIgnored = (at: Place, among: readonly number[]): boolean =>
    ignored.some((path) => matchesPath(path, at, among))
  if (isList(value)) {
    const at = below(undefined)
    return value
      .map((item, index) => ({ item, among: [...indices, index] }))
      .filter(({ among }) => !isIgnored(at, among))
      .map(({ item, among }) => strip(item, { ...walk, place: at, indices: among }))
  }
  if (!isObject(value)) return value
  const kept: Record<string, unknown> = {}
  for (const [name, item] of Object.entries(value)) {
    const at = below(name)
    if (isIgnored(at, indices) || (!walk.inPayload && isVolatile(value, name, place.depth))) continue
    const inPayload = walk.inPayload || isPayload(value, name)
    set(kept, name, strip(item, { ...walk, place: at, inPayload }))
  }
  return kept
}

function isVolatile(owner: object, name: string, depth: number): boolean {
  if (VOLATILE.has(plainName(name)) || (depth === 0 && isUncounted(name, own(owner, name)))) return true
  if (name !== 'id' || depth === 0) return false
  // The id of a message, call or item is made anew; of a reference, the id is the content.
  const type = own(owner, 'type')
  return type === undefined ? own(owner, 'role') !== undefined : type !== 'item_reference'
}

/** Whether a field holds data of the user or of the model, or what a function returned. */
const isPayload = (owner: object, name: string): boolean =>
  PAYLOAD.has(name) || (name === 'response' && own(owner, 'name') !== undefined)
