import { defined } from '../../base/defined.ts'
import { isObject, type JsonValue, nonEmpty, parseJson, set } from '../json/json.ts'
import type { Content, Message, Part, ToolCall } from '../types.ts'

/** What stands in a message, before calls are numbered and results become messages. */
export type Block =
  | { readonly kind: 'part'; readonly part: Part }
  | {
      readonly kind: 'call'
      readonly id: string | undefined
      readonly name: string
      /** `arguments` of a function, `input` of a custom tool, and what else counts. */
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
      /** A server tool's call (`opens`) or result: ids are generated, so they become references. */
      readonly kind: 'opaque'
      readonly part: Part
      readonly id: string | undefined
      readonly opens: boolean
    }

export const part = (value: Part): Block => ({ kind: 'part', part: value })
export const textPart = (text: string): Part => ({ type: 'text', text })
export const reasoning = (text: unknown): Block[] =>
  typeof text === 'string' && text !== '' ? [part({ type: 'reasoning', text })] : []
/** Something no API of this shape defines: kept, so that it counts. */
export const unknownPart = (value: JsonValue): Part => ({ type: 'unknown', value })

const isBareText = (value: Part | undefined): value is Part & { text: string } =>
  value?.type === 'text' && typeof value['text'] === 'string' && Object.keys(value).length === 2

const isEmptyText = (value: Part): boolean =>
  (value.type === 'text' || value.type === 'reasoning' || value.type === 'refusal') &&
  (value['text'] === '' || value['text'] === undefined)

const isEmpty = (block: Block): boolean => block.kind === 'part' && isEmptyText(block.part)

/** Parts as content: empty texts dropped, one bare text as a string, nothing as `undefined`. Texts are never joined. */
export function content(parts: readonly Part[]): Content | undefined {
  const kept = parts.filter((value) => !isEmptyText(value))
  if (kept.length === 0) return undefined
  const [first, ...more] = kept
  return more.length === 0 && isBareText(first) ? first.text : kept
}

/** Arguments that came as JSON text or as an object; what is neither is kept under `$raw`. */
export function callArguments(value: JsonValue | undefined): JsonValue {
  if (value === undefined || value === null || value === '') return {}
  if (typeof value !== 'string') return isObject(value) ? value : { $raw: JSON.stringify(value) }
  const parsed = parseJson(value)?.value
  return isObject(parsed) ? parsed : { $raw: value }
}

const READ: ReadonlySet<string> = new Set(['role', 'content', 'tool_calls', 'tool_call_id'])

/** Adds the further fields; one that another API's messages have, and this one's do not, never takes the place of what was read. */
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
 * A conversation as it is compared (CANONICAL sections 2.2 and 2.3): leading system messages are the system prompt, calls are
 * numbered in order of appearance, each result is a message of its own, and results of parallel calls stand in the order
 * of their calls.
 */
export class Transcript {
  readonly #calls: Call[] = []
  readonly #callsById = new Map<string, Call[]>()
  readonly #refs = new Map<string, string>()
  readonly #system: Part[] = []
  readonly #messages: Message[] = []
  /** Call numbers of those messages that are results of a known call. */
  readonly #answers = new Map<Message, number>()
  #numbers = 0
  #references = 0

  addSystem(parts: readonly Part[]): void {
    this.#system.push(...parts)
  }

  /** `extra`: further fields of the message that count. */
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
    // Beside a result an empty text is no message of its own; a turn of nothing else stays as a message without content.
    const answers = blocks.some(({ kind }) => kind === 'result')
    const said = answers ? blocks.filter((block) => !isEmpty(block)) : blocks
    let run: Block[] = []
    // A turn of results alone has no message of its own: what else it says goes with its first result.
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

  /** A generated id as `ref_N`; one that `opens` begins anew where a provider uses an id again. */
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
      // A call that something follows leaves its place in the content.
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

  /** By id: the first open call, else the last one. Without a usable id: the first open call of that name. */
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

  /** Runs of results whose calls are all known, by the number of the call: parallel tools finish in any order. */
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
