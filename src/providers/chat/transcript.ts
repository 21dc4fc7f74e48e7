import { defined } from '../../base/defined.ts'
import { isObject, type JsonValue, nonEmpty, parseJson, set } from '../json/json.ts'
import type { Content, Message, Part, ToolCall } from '../types.ts'

/** A piece of a message, before calls are numbered and results become messages. */
export type Block =
  | { readonly kind: 'part'; readonly part: Part }
  | {
      readonly kind: 'call'
      readonly id: string | undefined
      readonly name: string
      /** `arguments` of a function, `input` of a custom tool, and further fields that count. */
      readonly payload: Readonly<Record<string, unknown>>
    }
  | {
      readonly kind: 'result'
      readonly id: string | undefined
      readonly name: string | undefined
      readonly content: readonly Part[]
      readonly extra: Readonly<Record<string, unknown>>
    }
  | {
      /** The call (`opens`) or the result of a server tool. Its ids are generated, so they become references. */
      readonly kind: 'opaque'
      readonly part: Part
      readonly id: string | undefined
      readonly opens: boolean
    }

export const part = (value: Part): Block => ({ kind: 'part', part: value })
export const textPart = (text: string): Part => ({ type: 'text', text })
export const reasoning = (text: unknown): Block[] =>
  typeof text === 'string' && text !== '' ? [part({ type: 'reasoning', text })] : []
/** A value that no API of this shape defines. It is kept, so that it takes part in matching. */
export const unknownPart = (value: JsonValue): Part => ({ type: 'unknown', value })

const isBareText = (value: Part | undefined): value is Part & { text: string } =>
  value?.type === 'text' && typeof value['text'] === 'string' && Object.keys(value).length === 2

const isEmptyText = (value: Part): boolean =>
  (value.type === 'text' || value.type === 'reasoning' || value.type === 'refusal') &&
  (value['text'] === '' || value['text'] === undefined)

const isEmpty = (block: Block): boolean => block.kind === 'part' && isEmptyText(block.part)

/** Parts as content. Empty texts are dropped, one plain text becomes a string, no parts give `undefined`. Texts are never joined. */
export function content(parts: readonly Part[]): Content | undefined {
  const kept = parts.filter((value) => !isEmptyText(value))
  if (kept.length === 0) return undefined
  const [first, ...more] = kept
  return more.length === 0 && isBareText(first) ? first.text : kept
}

/** Arguments, sent as JSON text or as an object. Any other value is kept under `$raw`. */
export function callArguments(value: JsonValue | undefined): JsonValue {
  if (value === undefined || value === null || value === '') return {}
  if (typeof value !== 'string') return isObject(value) ? value : { $raw: JSON.stringify(value) }
  const parsed = parseJson(value)?.value
  return isObject(parsed) ? parsed : { $raw: value }
}

const READ: ReadonlySet<string> = new Set(['role', 'content', 'tool_calls', 'tool_call_id'])

/** Adds other fields. A field with the name of a canonical field becomes `body.<name>`, so it never replaces that field. */
function extend(message: Message, extra: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(extra))
    set(message, READ.has(name) ? `body.${name}` : name, value)
}

interface Call {
  readonly number: number
  readonly id: string | undefined
  readonly name: string
  answered: boolean
}

/**
 * A conversation in the form in which it is compared (see docs/matching.md). Leading system messages become the system
 * prompt. Calls are numbered in order of appearance. Each result becomes a message of its own. The results of parallel
 * calls are put in the order of their calls.
 */
export class Transcript {
  readonly #calls: Call[] = []
  readonly #callsById = new Map<string, Call[]>()
  readonly #refs = new Map<string, string>()
  readonly #system: Part[] = []
  readonly #messages: Message[] = []
  /** The call number of each message that is the result of a known call. */
  readonly #answers = new Map<Message, number>()
  #numbers = 0
  #references = 0

  addSystem(parts: readonly Part[]): void {
    this.#system.push(...parts)
  }

  /**
   * Adds a message. A system message before all others is added to the system prompt. Each result becomes a message.
   * @param extra other fields of the message that count
   */
  add(role: string, blocks: readonly Block[], extra: Readonly<Record<string, unknown>> = {}): void {
    const canonical = role === 'developer' ? 'system' : role
    if (
      canonical === 'system' &&
      this.#messages.length === 0 &&
      blocks.every(({ kind }) => kind === 'part')
    ) {
      const [first, ...rest] = blocks.flatMap((block) => (block.kind === 'part' ? [block.part] : []))
      if (first !== undefined) this.addSystem([{ ...first, ...extra }, ...rest])
      return
    }
    // Next to a result, an empty text adds no message. Without a result, even a message without content stays.
    const answers = blocks.some(({ kind }) => kind === 'result')
    const said = answers ? blocks.filter((block) => !isEmpty(block)) : blocks
    let run: Block[] = []
    // A message that is only results has no other place for its fields, so its first result gets them.
    let pending = answers && said.every(({ kind }) => kind === 'result') ? extra : {}
    for (const block of said) {
      if (block.kind !== 'result') {
        run.push(block)
        continue
      }
      if (run.length > 0) this.#message(canonical, run, extra)
      this.#result({ ...block, extra: { ...pending, ...block.extra } })
      run = []
      pending = {}
    }
    if (run.length > 0 || !answers) this.#message(canonical, run, extra)
  }

  /** The name `ref_N` for a generated id. With `opens` the id always gets a new name, because a provider may use an id twice. */
  ref(id: string, opens = false): string {
    const known = this.#refs.get(id)
    if (known !== undefined && !opens) return known
    const name = `ref_${(this.#references += 1)}`
    this.#refs.set(id, name)
    return name
  }

  finish(): { system?: Content; messages?: Message[] } {
    const system = content(this.#system)
    const messages = this.#sorted()
    return { ...defined({ system }), ...(messages.length > 0 ? { messages } : {}) }
  }

  #message(role: string, blocks: readonly Block[], extra: Readonly<Record<string, unknown>>): void {
    const parts: Part[] = []
    const calls: ToolCall[] = []
    let unmarked: ToolCall[] = []
    for (const block of blocks) {
      if (block.kind === 'call') {
        const call = this.#call(block)
        calls.push(call)
        unmarked.push(call)
        continue
      }
      if (block.kind === 'result' || isEmptyText(block.part)) continue
      // If something follows a call, a marker keeps the call's place in the content.
      parts.push(...unmarked.map(({ id }) => ({ type: 'tool_call', id })))
      unmarked = []
      parts.push(
        block.kind === 'part' || block.id === undefined
          ? block.part
          : { ...block.part, ref: this.ref(block.id, block.opens) },
      )
    }
    const message: Message = { role }
    const body = content(parts)
    if (body !== undefined) message.content = body
    if (calls.length > 0) message.tool_calls = calls
    extend(message, extra)
    this.#messages.push(message)
  }

  #call({ id, name, payload }: Block & { kind: 'call' }): ToolCall {
    const number = (this.#numbers += 1)
    const call: Call = { number, id: nonEmpty(id), name, answered: false }
    this.#calls.push(call)
    if (call.id !== undefined) {
      const same = this.#callsById.get(call.id)
      if (same === undefined) this.#callsById.set(call.id, [call])
      else same.push(call)
    }
    return { id: `call_${number}`, name, ...payload }
  }

  #result(block: Block & { kind: 'result' }): void {
    const call = this.#answeredBy(nonEmpty(block.id), block.name)
    if (call !== undefined) call.answered = true
    const number = call?.number ?? (this.#numbers += 1)
    const message: Message = { role: 'tool', tool_call_id: `call_${number}` }
    const body = content(block.content)
    if (body !== undefined) message.content = body
    extend(message, block.extra)
    if (call === undefined && block.name !== undefined) message['name'] = block.name
    else if (call !== undefined) this.#answers.set(message, number)
    this.#messages.push(message)
  }

  /**
   * Finds the call of a result. If a call has that id: its first open call, else its last one. If not, and the result has an id
   * and a name: the first open call of that name without an id. Without an id: the first open call (of that name, if there is one).
   */
  #answeredBy(id: string | undefined, name: string | undefined): Call | undefined {
    const same = id === undefined ? undefined : this.#callsById.get(id)
    if (same !== undefined) return same.find((call) => !call.answered) ?? same.at(-1)
    if (id !== undefined && name === undefined) return undefined
    return this.#calls.find(
      (call) =>
        !call.answered &&
        (name === undefined || call.name === name) &&
        (id === undefined || call.id === undefined),
    )
  }

  /** Sorts each run of results by call number, if all calls are known. Parallel tools finish in any order. */
  #sorted(): Message[] {
    const out: Message[] = []
    let run: Message[] = []
    const close = (): void => {
      if (run.length > 1 && run.every((message) => this.#answers.has(message))) {
        run = run.toSorted((a, b) => (this.#answers.get(a) ?? 0) - (this.#answers.get(b) ?? 0))
      }
      out.push(...run)
      run = []
    }
    for (const message of this.#messages) {
      if (message.role === 'tool') run.push(message)
      else {
        close()
        out.push(message)
      }
    }
    close()
    return out
  }
}
