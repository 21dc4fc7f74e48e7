import { createHash } from 'node:crypto'

import { parseJson } from '../providers/json/json.ts'
import { finishOf } from './finish.ts'
import type { DigestChoice, DigestMedia } from './types.ts'

interface CallBuilder {
  id: string
  name: string
  /** Text that is still being sent, or the value itself. */
  text: string
  value: unknown
  custom: boolean
}

const THINK = /^\s*<think>([^]*?)<\/think>\s*/

/** Puts one choice of an answer together, from a whole message or piece by piece. */
export class ChoiceBuilder {
  text = ''
  reasoning = ''
  refusal = ''
  /** The API's own word. */
  finish: string | undefined
  truncated = false
  readonly #calls: CallBuilder[] = []
  readonly #keys = new Map<unknown, CallBuilder>()
  readonly #media: DigestMedia[] = []

  get isEmpty(): boolean {
    return this.text === '' && this.refusal === '' && this.#calls.length === 0 && this.#media.length === 0
  }

  /** Whether a call with this key was begun. */
  hasCall(key: unknown): boolean {
    return this.#keys.has(key)
  }

  /** A whole call. `input`: text that is not JSON by design, of a custom tool. */
  addCall(name: string, args: unknown, input?: string): void {
    const isText = typeof args === 'string'
    this.#calls.push({
      id: '',
      name,
      text: input ?? (isText ? args : ''),
      value: isText || input !== undefined ? undefined : (args ?? {}),
      custom: input !== undefined,
    })
  }

  /**
   * A piece of a call. Pieces with one key belong together, unless a new id says that the next call begins; without a
   * key the last call goes on, or a new id begins one.
   */
  callPiece(
    key: unknown,
    piece: { id?: string | undefined; name?: string | undefined; args?: unknown; input?: string | undefined },
  ): void {
    const known = key === undefined ? this.#calls.at(-1) : this.#keys.get(key)
    const id = piece.id ?? ''
    const isNew = known === undefined || (id !== '' && known.id !== '' && id !== known.id)
    const call = isNew ? { id, name: '', text: '', value: undefined as unknown, custom: false } : known
    if (isNew) this.#calls.push(call)
    if (key !== undefined) this.#keys.set(key, call)
    if (call.id === '') call.id = id
    if (call.name === '') call.name = piece.name ?? ''
    if (typeof piece.args === 'string') call.text += piece.args
    else if (piece.args !== undefined && piece.args !== null) call.value = piece.args
    if (piece.input !== undefined) {
      call.text += piece.input
      call.custom = true
    }
  }

  /** @param source base64, a `data:` URL, another URL, or bytes */
  addMedia(type: string, source: string | Uint8Array): void {
    const inline = typeof source === 'string' ? /^data:([^;,]*)[^,]*;base64,([^]*)$/.exec(source) : null
    const isUrl = typeof source === 'string' && /^[a-z][a-z0-9+.-]*:/i.test(source)
    const data = inline?.[2] ?? source
    const bytes = typeof data === 'string' && (inline !== null || !isUrl) ? Buffer.from(data, 'base64') : data
    this.#media.push({
      type: inline?.[1] || type,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    })
  }

  build(): DigestChoice {
    const think = THINK.exec(this.text)
    const text = think === null ? this.text : this.text.slice(think[0].length)
    const calls = this.#calls.map(({ name, text: args, value, custom }) => ({
      name,
      arguments: custom ? args : args === '' ? (value ?? {}) : parsed(args),
    }))
    let finish = finishOf(this.finish)
    if (finish === 'stop' && calls.length > 0) finish = 'tool_calls'
    if (finish === 'stop' && this.refusal !== '') finish = 'refusal'
    return {
      text,
      tool_calls: calls,
      finish,
      refusal: this.refusal === '' ? null : this.refusal,
      truncated: this.truncated,
      reasoning: this.reasoning + (think?.[1]?.trim() ?? ''),
      media: [...this.#media],
    }
  }
}

const parsed = (text: string): unknown => {
  const json = parseJson(text)
  return json === undefined ? text : json.value
}
