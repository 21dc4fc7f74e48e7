import { isObject, type JsonValue } from '../../providers/json/json.ts'

/** One event of a stream: of SSE, of NDJSON, of an AWS event stream, or an element of a JSON array. */
export interface StreamEvent {
  /** Of SSE the `event` field, of AWS the `:event-type`. */
  readonly name?: string
  readonly data: JsonValue
  /** An AWS exception or error message. */
  readonly exception?: true
}

interface Common {
  readonly status: number
  /** Names lower case. */
  readonly headers: ReadonlyMap<string, string>
  /** The recording says that the body ended early. */
  readonly incomplete: boolean
}

/** A response whose body has been taken apart. */
export type Received = Common &
  (
    | { readonly form: 'json'; readonly json: JsonValue }
    | {
        readonly form: 'stream'
        readonly events: readonly StreamEvent[]
        /** `[DONE]` was seen. */
        readonly done: boolean
        /** The bytes end inside an event. */
        readonly cut: boolean
      }
    /** `broken`: it is declared to be JSON and begins so, but does not parse. */
    | { readonly form: 'text'; readonly text: string; readonly broken: boolean }
    | { readonly form: 'bytes'; readonly bytes: Uint8Array; readonly type: string }
    | { readonly form: 'messages'; readonly messages: readonly JsonValue[] }
    | { readonly form: 'empty' }
  )

/** The JSON objects of a body, whether it is one object, a JSON array or a stream; `undefined`: another body. */
export function recordsOf(received: Received): readonly JsonValue[] | undefined {
  if (received.form === 'stream') return received.events.map(({ data }) => data)
  if (received.form === 'messages') return received.messages
  if (received.form !== 'json') return undefined
  if (isObject(received.json)) return [received.json]
  return Array.isArray(received.json) ? (received.json as JsonValue[]) : undefined
}

/** The one object of a JSON body. */
export const objectOf = (received: Received) =>
  received.form === 'json' && isObject(received.json) ? received.json : undefined
