import { bufferOf } from '../../../base/bytes.ts'
import { headerValue } from '../../../exchange/headers.ts'
import type { RequestHead } from '../../../exchange/exchange.ts'
import { jsonRpcMessages, type JsonToken } from '../../../exchange/wire/json-rpc.ts'
import type { RpcPlace } from '../../../exchange/wire/json-rpc-places.ts'
import { originOf } from '../address.ts'
import type { Recording } from '../bucket.ts'

/** A request of JSON-RPC that the client has sent in this run. */
interface Asked {
  readonly recording: Recording
  /** The characters that the client used now. */
  readonly now: Uint8Array
  isAnswered: boolean
}

const keyOf = (names: RpcPlace['names'], value: string): string => `${names} ${value}`

/** The requests of JSON-RPC that the client has sent in this run, by their ids in the recordings. */
export class AskedRequests {
  readonly #byId = new Map<string, Asked[]>()
  /** The requests of this run. */
  readonly #heads = new Map<Recording, RequestHead>()
  /** Whether any id differs from the recorded one. */
  hasChanged = false

  /** The client has sent the request of a recording. */
  begin(recording: Recording, head: RequestHead): void {
    this.#heads.set(recording, head)
  }

  /** The client has sent a body, or a WebSocket message, in place of a recorded one. */
  add(recording: Recording, recorded: () => Uint8Array | null, now: Uint8Array | null): void {
    const messages = jsonRpcMessages(now)
    const former = messages && jsonRpcMessages(recorded())
    if (!messages || former?.length !== messages.length) return
    const add = (names: RpcPlace['names'], was: JsonToken | undefined, is: JsonToken | undefined): void => {
      if (!was || !is) return
      const key = keyOf(names, was.value)
      const asked = { recording, now: Buffer.from(is.text, 'latin1'), isAnswered: false }
      const known = this.#byId.get(key)
      if (known) known.push(asked)
      else this.#byId.set(key, [asked])
      this.hasChanged ||= was.text !== is.text
    }
    for (const [at, message] of messages.entries()) {
      const before = former[at]
      if (message.kind !== 'request' || before?.kind !== 'request') continue
      add('id', before.id, message.id)
      add('progressToken', before.progressToken, message.progressToken)
    }
  }

  /** Whether the request that is named here was sent in the same exchange. */
  isOwn(recording: Recording, { names, value }: RpcPlace): boolean {
    return (this.#byId.get(keyOf(names, value)) ?? []).some((asked) => asked.recording === recording)
  }

  /**
   * The characters that the client used for what is named here, in the response of `recording`. Of equal ids that of the same
   * exchange, else of the same session, else of the same server; of several the first that has no answer yet.
   */
  now(recording: Recording, { names, value }: RpcPlace): Uint8Array | undefined {
    let best: Asked | undefined
    let bestRank = 1
    for (const asked of this.#byId.get(keyOf(names, value)) ?? []) {
      const rank = this.#nearness(recording, asked.recording) * 2 + (asked.isAnswered ? 0 : 1)
      if (rank > bestRank) [best, bestRank] = [asked, rank]
    }
    if (best && names === 'id') best.isAnswered = true
    return best?.now
  }

  #nearness(stream: Recording, asked: Recording): 0 | 1 | 2 | 3 {
    if (stream === asked) return 3
    if (originOf(stream.entry.url) !== originOf(asked.entry.url)) return 0
    const [own, other] = [this.#heads.get(stream), this.#heads.get(asked)]
    if (!own || !other) return 1
    const session = sessionOf(own)
    return (session !== undefined && session === sessionOf(other)) || isToldBy(stream, other) ? 2 : 1
  }
}

/** Headers that name a session. */
const SESSION = ['mcp-session-id', 'x-session-id']

const sessionOf = ({ headers }: RequestHead): string | undefined =>
  SESSION.map((name) => headerValue(headers, name)).find((value) => value !== undefined)

/** Whether the stream told its client this address (`endpoint` of MCP over SSE). */
function isToldBy({ entry }: Recording, { url }: RequestHead): boolean {
  const { pathname, search } = URL.parse(url) ?? { pathname: '', search: '' }
  const { text } = entry
  return search !== '' && (typeof text === 'string' ? text : bufferOf(text)).includes(pathname + search)
}
