import type { JsonValue } from '../../src/matching.ts'
import { isObject } from '../../src/providers/json/json.ts'

export type Path = readonly (string | number)[]

export interface Leaf {
  readonly path: Path
  readonly value: string | number | boolean
}

/** Every string, number and boolean of a JSON value, with its path. */
export function leavesOf(value: JsonValue | undefined, path: Path = []): Leaf[] {
  if (Array.isArray(value)) return (value as JsonValue[]).flatMap((item, at) => leavesOf(item, [...path, at]))
  if (isObject(value)) return Object.entries(value).flatMap(([key, item]) => leavesOf(item, [...path, key]))
  return value === null || value === undefined ? [] : [{ path, value: value as Leaf['value'] }]
}

/** The value with the leaf at that path replaced. */
export function withLeaf(value: JsonValue, [key, ...rest]: Path, replacement: JsonValue): JsonValue {
  if (key === undefined) return replacement
  if (Array.isArray(value)) {
    return (value as JsonValue[]).map((item, at) => (at === key ? withLeaf(item, rest, replacement) : item))
  }
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      name === key ? withLeaf(item ?? null, rest, replacement) : (item ?? null),
    ]),
  )
}

export const at = (value: JsonValue | undefined, path: Path): JsonValue | undefined =>
  path.reduce<JsonValue | undefined>(
    (owner, key) =>
      Array.isArray(owner) ? (owner as JsonValue[])[Number(key)] : isObject(owner) ? owner[key] : undefined,
    value,
  )

/** Writes a path as `messages[0].content`. */
export const pathText = (path: Path): string =>
  path.map((key, index) => (typeof key === 'number' ? `[${key}]` : index === 0 ? key : `.${key}`)).join('')

/** Replaces every object by one whose keys are in the order of `rank`. */
export function reordered(value: JsonValue | undefined, rank: (key: string) => number): JsonValue {
  if (Array.isArray(value)) return (value as JsonValue[]).map((item) => reordered(item, rank))
  if (!isObject(value)) return value ?? null
  return Object.fromEntries(
    Object.keys(value)
      .toSorted((a, b) => rank(a) - rank(b))
      .map((key) => [key, reordered(value[key], rank)]),
  )
}
