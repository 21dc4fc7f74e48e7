/** A JSON value as `parseJson` returns it. Numbers that a double cannot hold are `JSON.rawJSON` objects. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue | undefined }

export type JsonObject = { [key: string]: JsonValue | undefined }

interface RawJson {
  rawJSON(text: string): JsonObject
  isRawJSON(value: unknown): value is { readonly rawJSON: string }
}

// ES2025 "JSON.parse source text access". Every supported Node has it; TypeScript's libraries do not have it yet.
const rawJson = JSON as unknown as RawJson

/** Text with deeper nesting is matched as bytes, not read as JSON, so that no recursion can exhaust the stack. */
const MAX_DEPTH = 512

/** Whether a text may have an integer outside of ±2^53 or an exponent beyond a double's range. */
const NEEDS_SOURCE = /(?:^|[[:,\s])-?\d{16,}|\d[eE]\+?\d{3}/

export const isRawNumber = (value: unknown): value is { readonly rawJSON: string } => rawJson.isRawJSON(value)

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !rawJson.isRawJSON(value)
}

export const isList = (value: unknown): value is readonly JsonValue[] => Array.isArray(value)

/** `null`, `undefined` and the empty list mean the same as an absent field. */
export const isAbsent = (value: unknown): value is null | undefined | readonly [] =>
  value === null || value === undefined || (Array.isArray(value) && value.length === 0)

/** Assigns an own property of any name, including `__proto__`. */
export function set(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
  } else {
    target[key] = value
  }
}

/** Reads an own property only, so that a field called `constructor` is never an inherited one. */
export const own = (object: object, key: string): unknown =>
  Object.hasOwn(object, key) ? (object as Record<string, unknown>)[key] : undefined

function tooDeep(value: unknown, depth = 0): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (depth > MAX_DEPTH) return true
  if (Array.isArray(value)) return value.some((item) => tooDeep(item, depth + 1))
  for (const key of Object.keys(value)) if (tooDeep((value as JsonObject)[key], depth + 1)) return true
  return false
}

function keepSource(_key: string, value: unknown, context?: { source?: string }): unknown {
  const source = context?.source
  if (typeof value !== 'number' || source === undefined || Number.isSafeInteger(value)) return value
  return !Number.isFinite(value) || /^-?\d+$/.test(source) ? rawJson.rawJSON(source) : value
}

/**
 * Reads JSON text. Returns `undefined` if it is not JSON or is nested more than 512 levels deep. If a key occurs twice, the
 * last one counts. Integers outside of ±2^53 and numbers beyond a double's range keep their source text.
 */
export function parseJson(text: string): { readonly value: JsonValue } | undefined {
  try {
    const value = JSON.parse(text) as JsonValue
    if (tooDeep(value)) return undefined
    if (!NEEDS_SOURCE.test(text)) return { value }
    return { value: JSON.parse(text, keepSource) as JsonValue }
  } catch {
    return undefined
  }
}

/** Keys whose values belong to the user or the model, not to the API. There `null` and empty lists have a meaning. */
const PAYLOAD = new Set(['input', 'arguments', 'args', 'json', 'const', 'default', 'enum'])

/** A copy without absent fields and without the `dropped` fields, at every depth outside of user data. */
export function prune(value: JsonValue, dropped?: ReadonlySet<string>): JsonValue {
  if (isList(value)) return value.map((item) => prune(item, dropped))
  if (!isObject(value)) return value
  const out: JsonObject = {}
  for (const [key, item] of Object.entries(value)) {
    if (isAbsent(item) || dropped?.has(key) === true) continue
    set(out, key, pruneField(key, item, dropped))
  }
  return out
}

/** Applies `prune` to the value of a field. */
export const pruneField = (key: string, value: JsonValue, dropped?: ReadonlySet<string>): JsonValue =>
  PAYLOAD.has(key) ? value : prune(value, dropped)

/** Compares in the order of RFC 8785. */
export const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

export const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

/** The string. `undefined` if the value is empty or not a string. */
export const nonEmpty = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined

export const camelCase = (name: string): string =>
  name.replace(/_+([a-z0-9])/g, (_all, letter: string) => letter.toUpperCase())

export const snakeCase = (name: string): string => name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase()
