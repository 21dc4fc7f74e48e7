import { isList, isObject, isRawNumber, type JsonValue, own } from '../../providers/json/json.ts'
import type { Rule } from '../types.ts'
import { type Changes, keyed, same } from './changes.ts'

type Kind = 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object'

/** What the values at one place have in common: at the root one value, inside an array all its elements. */
interface Shape {
  readonly kinds: ReadonlySet<Kind>
  /** Every object there has these keys. */
  readonly required: ReadonlySet<string>
  readonly fields: ReadonlyMap<string, Shape>
  readonly element: Shape | undefined
  /** No array there is empty. */
  readonly filled: boolean
}

export interface ShapeOptions {
  readonly rule: Rule
  readonly path: string
  /** `true`: a value that differs is a regression. */
  readonly strict?: boolean
}

/**
 * Compares JSON by its shape. Worse: a key is gone that every element had, a type changed, a value became null, a list
 * became empty. Harmless: keys more, other values, another length.
 */
export function compareShape(
  before: JsonValue,
  after: JsonValue,
  options: ShapeOptions,
  changes: Changes,
): void {
  const found = changes.list.length
  checkShape({ shape: shapeOf([before]), before, after, path: options.path }, options.rule, changes)
  const told = new Set(changes.list.slice(found).map(({ path }) => path))
  compareLeaves(before, after, options.path, (path, from, to) => {
    if (told.has(path)) return
    changes[options.strict === true ? 'regression' : 'benign'](options.rule, path, from, to)
  })
}

function kindOf(value: unknown): Kind {
  if (value === null || value === undefined) return 'null'
  if (isList(value)) return 'array'
  if (isRawNumber(value)) return 'number'
  return typeof value as Kind
}

function shapeOf(values: readonly unknown[]): Shape {
  const objects = values.filter(isObject)
  const lists = values.filter(isList)
  const byKey = new Map<string, unknown[]>()
  for (const object of objects)
    for (const key of Object.keys(object)) {
      const known = byKey.get(key)
      if (known === undefined) byKey.set(key, [own(object, key)])
      else known.push(own(object, key))
    }
  const elements = lists.flat()
  return {
    kinds: new Set(values.map(kindOf)),
    required: new Set([...byKey].filter(([, of]) => of.length === objects.length).map(([key]) => key)),
    fields: new Map([...byKey].map(([key, of]) => [key, shapeOf(of)])),
    element: elements.length > 0 ? shapeOf(elements) : undefined,
    filled: lists.every((list) => list.length > 0),
  }
}

interface Place {
  readonly shape: Shape
  /** The value at the same place, if there is one: for the report. */
  readonly before: unknown
  readonly after: unknown
  readonly path: string
}

function checkShape(place: Place, rule: Rule, changes: Changes): void {
  const { shape, before, after, path } = place
  const kind = kindOf(after)
  if (!shape.kinds.has(kind)) {
    const wasNull = shape.kinds.size === 1 && shape.kinds.has('null')
    changes[wasNull ? 'benign' : 'regression'](rule, path, before, after)
    return
  }
  if (isObject(after)) checkObject(place, after, rule, changes)
  if (!isList(after)) return
  if (after.length === 0 && shape.filled && shape.element !== undefined)
    changes.regression(rule, path, before, after)
  if (shape.element === undefined) return
  for (const [at, item] of after.entries()) {
    const old = isList(before) ? before[at] : undefined
    checkShape({ shape: shape.element, before: old, after: item, path: `${path}[${at}]` }, rule, changes)
  }
}

function checkObject({ shape, before, path }: Place, after: object, rule: Rule, changes: Changes): void {
  for (const key of shape.required)
    if (!Object.hasOwn(after, key))
      changes.regression(rule, keyed(path, key), isObject(before) ? own(before, key) : undefined, undefined)
  for (const key of Object.keys(after)) {
    const inner = shape.fields.get(key)
    const old = isObject(before) ? own(before, key) : undefined
    if (inner === undefined) changes.benign(rule, keyed(path, key), undefined, own(after, key))
    else
      checkShape({ shape: inner, before: old, after: own(after, key), path: keyed(path, key) }, rule, changes)
  }
}

type Tell = (path: string, before: unknown, after: unknown) => void

/** Every place whose values differ, and whatever the shapes do not tell. */
function compareLeaves(before: unknown, after: unknown, path: string, tell: Tell): void {
  if (isObject(before) && isObject(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      const where = keyed(path, key)
      if (Object.hasOwn(before, key) && Object.hasOwn(after, key))
        compareLeaves(own(before, key), own(after, key), where, tell)
      else tell(where, own(before, key), own(after, key))
    }
  } else if (isList(before) && isList(after)) {
    if (before.length !== after.length) tell(path, before, after)
    else for (const [at, item] of before.entries()) compareLeaves(item, after[at], `${path}[${at}]`, tell)
  } else if (!same(before, after)) tell(path, before, after)
}
