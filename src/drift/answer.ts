import { isObject, type JsonValue, own } from '../providers/json/json.ts'
import type { ChoiceBuilder } from './choice-builder.ts'
import type { Received } from './reading/received.ts'
import type { Digest, DigestError } from './types.ts'

/** What a family of APIs makes of a response. */
export interface Answer {
  readonly choices: readonly ChoiceBuilder[]
  readonly usage?: Digest['usage'] | undefined
  /** An error event, or an error in a successful response. */
  readonly error?: DigestError
  readonly vectors?: readonly (readonly number[])[]
  readonly body?: unknown
}

/** Reads the responses of one family of APIs. Pure; never throws, whatever the body holds. */
export interface AnswerReader {
  /** The labels of the APIs; the first is the family's own. */
  readonly apis: readonly string[]
  /** `undefined`: the response does not have the shape of an answer of this family. */
  read(received: Received): Answer | undefined
}

/** The number of input and output tokens, under any of these names. */
export function usageOf(value: unknown, input: string, output: string): Digest['usage'] {
  if (!isObject(value)) return null
  const [read, written] = [own(value, input), own(value, output)]
  if (typeof read !== 'number' && typeof written !== 'number') return null
  return {
    input: typeof read === 'number' ? read : null,
    output: typeof written === 'number' ? written : null,
  }
}

export const listOf = (value: unknown): readonly JsonValue[] =>
  Array.isArray(value) ? (value as JsonValue[]) : []

/** A field, also one of a snake_case or camelCase spelling. */
export const field = (value: unknown, ...keys: readonly string[]): unknown => {
  if (!isObject(value)) return undefined
  for (const key of keys) {
    const found = own(value, key)
    if (found !== undefined && found !== null) return found
  }
  return undefined
}

export const string = (value: unknown): string => (typeof value === 'string' ? value : '')

/** Choices by their index, made when first named. */
export class Choices {
  readonly #byIndex = new Map<number, ChoiceBuilder>()
  readonly #make: () => ChoiceBuilder

  constructor(make: () => ChoiceBuilder) {
    this.#make = make
  }

  at(index: unknown, fallback = 0): ChoiceBuilder {
    const key = typeof index === 'number' ? index : fallback
    let choice = this.#byIndex.get(key)
    if (choice === undefined) {
      choice = this.#make()
      this.#byIndex.set(key, choice)
    }
    return choice
  }

  get size(): number {
    return this.#byIndex.size
  }

  all(): ChoiceBuilder[] {
    return [...this.#byIndex].toSorted(([a], [b]) => a - b).map(([, choice]) => choice)
  }
}
