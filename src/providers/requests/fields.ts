import { isAbsent, type JsonObject, type JsonValue, pruneField, set } from '../json/json.ts'
import { EVERYWHERE, PART_NAMES } from './volatile.ts'

const ENVELOPE: ReadonlySet<string> = new Set(
  'method host path op api stream background alt headers'.split(' '),
)

/** The name of a body field in the canonical request. */
export const fieldName = (name: string): string => (ENVELOPE.has(name) ? `body.${name}` : name)

/**
 * The top level of a body while it is read. A field that a rule takes is removed. A field that no rule takes stays under its
 * own name, so that `matchOn` can select it.
 */
export class Fields {
  readonly #body: JsonObject
  readonly #taken = new Set<string>()

  constructor(body: JsonObject) {
    this.#body = body
  }

  /** Takes all of these fields. Returns the first value that is not absent. */
  take(...names: readonly string[]): JsonValue | undefined {
    let found: JsonValue | undefined
    for (const name of names) {
      this.#taken.add(name)
      const value = Object.hasOwn(this.#body, name) ? this.#body[name] : undefined
      if (found === undefined && !isAbsent(value)) found = value
    }
    return found
  }

  /** The fields that no rule took. Volatile names are dropped unless `keep` lists them. */
  rest(volatile: ReadonlyMap<string, string>, keep: ReadonlySet<string>): Record<string, unknown> {
    const out: Record<string, unknown> = {}
    for (const [name, value] of Object.entries(this.#body)) {
      if (this.#taken.has(name) || isAbsent(value) || (volatile.has(name) && !keep.has(name))) continue
      set(out, fieldName(name), pruneField(name, value))
    }
    return out
  }
}

/** A copy without the absent fields. */
export function present(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const out: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(fields)) if (!isAbsent(value)) set(out, name, value)
  return out
}

export const namesOf = (names: string): ReadonlySet<string> => new Set(names.split(' '))

/** The fields of an object that no rule reads, without the volatile and the absent ones. */
export function leftover(
  object: JsonObject,
  read: ReadonlySet<string>,
  volatile: ReadonlySet<string> = PART_NAMES,
): JsonObject {
  const out: JsonObject = {}
  for (const name of Object.keys(object)) {
    if (read.has(name) || volatile.has(name)) continue
    const value = object[name]
    if (!isAbsent(value)) set(out, name, pruneField(name, value, EVERYWHERE))
  }
  return out
}
