import { canonicalJson } from '../../providers/json/canonical-json.ts'
import { isObject } from '../../providers/json/json.ts'
import type { Difference } from './difference.ts'
import { wireDifferences } from './wire-differences.ts'

export type { Difference } from './difference.ts'

type Pair = (path: string, recorded: unknown, incoming: unknown) => void

/** An absent field differs from `null`, because a user's data may contain `null`. */
function same(a: unknown, b: unknown): boolean {
  if (a === undefined || b === undefined) return a === b
  return a === b || canonicalJson(a) === canonicalJson(b)
}

/** A string or `undefined`: such content is compared as a whole. */
const isBare = (content: unknown): boolean => content === undefined || typeof content === 'string'

function asParts(content: unknown): readonly unknown[] {
  if (Array.isArray(content)) return content
  return content === undefined ? [] : [{ type: 'text', text: content }]
}

const asList = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value]

/** Collects the differences, down to single leaves. */
export class Differ {
  readonly found: Difference[] = []

  scalar(path: string, recorded: unknown, incoming: unknown): void {
    if (!same(recorded, incoming)) this.found.push({ path, recorded, incoming })
  }

  /** Compares a top-level field of the canonical request. */
  field(name: string, recorded: unknown, incoming: unknown): void {
    if (same(recorded, incoming)) return
    if (name === 'messages') this.#list(name, asList(recorded), asList(incoming), this.#message)
    else if (name === 'system') this.#content(name, recorded, incoming)
    else if (name === 'tools') this.#tools(asList(recorded), asList(incoming))
    else this.#value(name, recorded, incoming)
  }

  /** Compares the messages of gRPC calls: protobuf in base64. */
  wireMessages(recorded: unknown, incoming: unknown): void {
    this.#list('messages', asList(recorded), asList(incoming), this.#wireMessage)
  }

  readonly #wireMessage: Pair = (path, recorded, incoming) => {
    if (typeof recorded !== 'string' || typeof incoming !== 'string') this.scalar(path, recorded, incoming)
    else
      this.found.push(
        ...wireDifferences(path, Buffer.from(recorded, 'base64'), Buffer.from(incoming, 'base64')),
      )
  }

  readonly #value: Pair = (path, recorded, incoming) => {
    if (same(recorded, incoming)) return
    if (isObject(recorded) && isObject(incoming)) this.#object(path, recorded, incoming, this.#value)
    else if (Array.isArray(recorded) && Array.isArray(incoming))
      this.#list(path, recorded, incoming, this.#value)
    else this.found.push({ path, recorded, incoming })
  }

  #object(path: string, recorded: object, incoming: object, pair: Pair): void {
    for (const key of new Set([...Object.keys(recorded), ...Object.keys(incoming)])) {
      pair(`${path}.${key}`, valueOf(recorded, key), valueOf(incoming, key))
    }
  }

  /**
   * Skips equal items at both ends and compares the others pair by pair, by their index from the start. An item without a
   * partner is reported as a whole.
   */
  #list(path: string, recorded: readonly unknown[], incoming: readonly unknown[], pair: Pair): void {
    const a = recorded.map(canonicalJson)
    const b = incoming.map(canonicalJson)
    const shorter = Math.min(a.length, b.length)
    let head = 0
    while (head < shorter && a[head] === b[head]) head += 1
    let tail = 0
    while (tail < shorter - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail += 1
    const middle = Math.max(a.length, b.length) - head - tail
    for (let at = head; at < head + middle; at += 1) {
      const inRecorded = at < a.length - tail
      const inIncoming = at < b.length - tail
      if (inRecorded && inIncoming) pair(`${path}[${at}]`, recorded[at], incoming[at])
      else {
        const left = inRecorded ? recorded[at] : undefined
        this.found.push({
          path: `${path}[${at}]`,
          recorded: left,
          incoming: inIncoming ? incoming[at] : undefined,
        })
      }
    }
  }

  /** Messages with different roles are different messages, compared as a whole. */
  readonly #message: Pair = (path, recorded, incoming) => {
    if (!isObject(recorded) || !isObject(incoming) || recorded['role'] !== incoming['role']) {
      this.scalar(path, recorded, incoming)
      return
    }
    const { content: left, ...a } = recorded
    const { content: right, ...b } = incoming
    this.#content(`${path}.content`, left, right)
    this.#object(path, a, b, this.#value)
  }

  #content(path: string, recorded: unknown, incoming: unknown): void {
    if (same(recorded, incoming)) return
    if (isBare(recorded) && isBare(incoming)) this.found.push({ path, recorded, incoming })
    else this.#list(path, asParts(recorded), asParts(incoming), this.#part)
  }

  /** Parts with different types are different parts, compared as a whole. */
  readonly #part: Pair = (path, recorded, incoming) => {
    if (isObject(recorded) && isObject(incoming) && recorded['type'] === incoming['type']) {
      this.#value(path, recorded, incoming)
    } else this.scalar(path, recorded, incoming)
  }

  /** Skips equal tools and compares the others in order, under the index of the incoming one. A tool without a partner is reported as a whole. */
  #alike(path: string, recorded: readonly unknown[], incoming: readonly unknown[]): void {
    const open = new Set(recorded.keys())
    const places = Map.groupBy(open, (at) => canonicalJson(recorded[at]))
    const taken = new Map<string, number>()
    const changed: number[] = []
    for (const [at, tool] of incoming.entries()) {
      const text = canonicalJson(tool)
      const count = taken.get(text) ?? 0
      const equal = places.get(text)?.[count]
      taken.set(text, count + 1)
      if (equal === undefined) changed.push(at)
      else open.delete(equal)
    }
    const left = [...open]
    for (const [nth, at] of changed.entries())
      this.#value(`${path}[${at}]`, valueAt(recorded, left[nth]), incoming[at])
    for (const at of left.slice(changed.length)) this.scalar(`${path}[${at}]`, recorded[at], undefined)
  }

  /** Pairs tools by name, built-in tools by type. Several tools with one label are paired in order. */
  #tools(recorded: readonly unknown[], incoming: readonly unknown[]): void {
    const left = Map.groupBy(recorded, label)
    const right = Map.groupBy(incoming, label)
    for (const name of new Set([...left.keys(), ...right.keys()])) {
      const a = left.get(name) ?? []
      const b = right.get(name) ?? []
      const path = `tools[${name}]`
      if (a.length <= 1 && b.length <= 1) this.#value(path, a[0], b[0])
      else this.#alike(path, a, b)
    }
  }
}

function label(tool: unknown): string {
  if (!isObject(tool)) return canonicalJson(tool)
  const { name, type } = tool
  const shown = type === undefined || (type === 'custom' && name !== undefined) ? name : type
  return typeof shown === 'string' ? shown : canonicalJson(shown)
}

const valueOf = (object: object, key: string): unknown =>
  Object.hasOwn(object, key) ? (object as Readonly<Record<string, unknown>>)[key] : undefined

const valueAt = (list: readonly unknown[], at: number | undefined): unknown =>
  at === undefined ? undefined : list[at]
