import { isObject, type JsonValue, nonEmpty, parseJson } from '../../providers/json/json.ts'
import type { CallPart, MediaPart, ResultPart, TextPart } from '../asking.ts'

interface Open {
  readonly id: string
  readonly given: string | undefined
  readonly name: string
  answered: boolean
}

/** Numbers the calls of a conversation, and finds the call of a result: by its id, else by its name, else in order. */
export class Calls {
  readonly #open: Open[] = []

  open(given: JsonValue | undefined, name: string, args: JsonValue | undefined): CallPart {
    const id = `call_${this.#open.length + 1}`
    this.#open.push({ id, given: nonEmpty(given), name, answered: false })
    return { kind: 'call', id, name, arguments: argumentsOf(args) }
  }

  result(
    given: JsonValue | undefined,
    name: JsonValue | undefined,
    parts: readonly (TextPart | MediaPart)[],
    failed = false,
  ): ResultPart {
    const [id, called] = [nonEmpty(given), nonEmpty(name)]
    const found =
      this.#find((call) => id !== undefined && call.given === id) ??
      this.#find(
        (call) =>
          (called === undefined || call.name === called) && (id === undefined || call.given === undefined),
      )
    if (found) found.answered = true
    const fallback = this.#open.length + 1
    return {
      kind: 'result',
      id: found?.id ?? `call_${fallback}`,
      name: found?.name ?? called ?? 'unknown',
      parts,
      ...(failed ? { failed: true } : {}),
    }
  }

  #find(fits: (call: Open) => boolean): Open | undefined {
    return this.#open.find((call) => !call.answered && fits(call))
  }
}

/** Arguments come as JSON text or as an object. */
function argumentsOf(value: JsonValue | undefined): JsonValue {
  if (value === undefined || value === null || value === '') return {}
  if (typeof value !== 'string') return value
  const parsed = parseJson(value)?.value
  return isObject(parsed) ? parsed : value
}
