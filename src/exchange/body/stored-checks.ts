import { type BodyPath, StoredBodyError } from './stored-body-error.ts'

/** A mapping as a YAML parser gives it. */
export type Mapping = Record<string, unknown>

export function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function checkMapping(value: unknown, path: BodyPath, expected = 'a mapping'): Mapping {
  if (!isMapping(value)) throw new StoredBodyError(path, expected, value)
  return value
}

export function checkList(value: unknown, path: BodyPath, expected: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new StoredBodyError(path, expected, value)
  return value
}

export function checkString(value: unknown, path: BodyPath): string {
  if (typeof value !== 'string') throw new StoredBodyError(path, 'a string (in quotes)', value)
  return value
}

/** Checks a key that may be absent. Only these values are allowed. */
export function checkChoice(
  mapping: Mapping,
  key: string,
  allowed: readonly unknown[],
  path: BodyPath = [],
): void {
  const value = own(mapping, key)
  if (value === undefined || allowed.includes(value)) return
  throw new StoredBodyError(
    [...path, key],
    allowed.map((choice) => JSON.stringify(choice)).join(' or '),
    value,
  )
}

export function checkOptionalString(mapping: Mapping, key: string, path: BodyPath = []): void {
  const value = own(mapping, key)
  if (value !== undefined) checkString(value, [...path, key])
}

/** The value of an own key. Ignores inherited ones: data may have a key of any name. */
export function own(mapping: Mapping, key: string): unknown {
  return Object.hasOwn(mapping, key) ? mapping[key] : undefined
}

export function checkDelay(mapping: Mapping, path: BodyPath = []): void {
  const delay = own(mapping, 'delay_ms')
  if (delay === undefined || (typeof delay === 'number' && Number.isFinite(delay) && delay >= 0)) return
  throw new StoredBodyError([...path, 'delay_ms'], 'milliseconds, 0 or more', delay)
}

/** Checks the layout keys beside a `json`, or those of a `layout`. */
export function checkLayout(mapping: Mapping, path: BodyPath = []): void {
  const indent = own(mapping, 'indent')
  const spaces = typeof indent === 'number' && Number.isInteger(indent) && indent >= 0 && indent <= 10
  if (indent !== undefined && !spaces && !(typeof indent === 'string' && /^[ \t]{1,10}$/.test(indent))) {
    throw new StoredBodyError([...path, 'indent'], 'a number of spaces up to 10, or white space', indent)
  }
  checkChoice(mapping, 'spaced', [true, false, 'colons'], path)
  checkChoice(mapping, 'ascii', [true, false], path)
  checkOptionalString(mapping, 'escape', path)
  const pad = own(mapping, 'pad')
  if (pad !== undefined && !(typeof pad === 'number' && Number.isInteger(pad) && pad >= 0 && pad <= 65_536)) {
    throw new StoredBodyError([...path, 'pad'], 'a number of spaces', pad)
  }
}

/** Throws if JSON cannot express the value: YAML also has `.nan` and `.inf`. */
export function checkJson(value: unknown, path: BodyPath): void {
  const wrong = findNonJson(value)
  if (wrong !== undefined) throw new StoredBodyError([...path, ...wrong.path], 'a JSON value', wrong.value)
}

function findNonJson(value: unknown): { path: (string | number)[]; value: unknown } | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : { path: [], value }
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return undefined
  if (typeof value !== 'object') return { path: [], value }
  for (const [key, child] of Object.entries(value)) {
    const wrong = findNonJson(child)
    if (wrong !== undefined) {
      wrong.path.unshift(Array.isArray(value) ? Number(key) : key)
      return wrong
    }
  }
  return undefined
}

/** Throws unless exactly one of `json`, `text`, `base64` is there and has the right shape. */
export function checkPayload(mapping: Mapping, path: BodyPath): void {
  const forms = ['json', 'text', 'base64'].filter((form) => Object.hasOwn(mapping, form))
  if (forms.length !== 1) throw new StoredBodyError(path, 'one of json, text, base64', mapping)
  if (forms[0] === 'json') {
    checkJson(mapping['json'], [...path, 'json'])
    checkLayout(mapping, path)
  } else if (forms[0] === 'text') {
    checkString(mapping['text'], [...path, 'text'])
  } else {
    checkBase64(mapping['base64'], [...path, 'base64'])
  }
}

export function checkBase64(value: unknown, path: BodyPath): void {
  if (Array.isArray(value)) value.forEach((piece, index) => checkBase64Text(piece, [...path, index]))
  else checkBase64Text(value, path)
}

/** White space is allowed: people fold long lines. */
function checkBase64Text(value: unknown, path: BodyPath): void {
  const text = checkString(value, path)
  if (/[^A-Za-z0-9+/=\s]|=\s*[^=\s]/.test(text)) throw new StoredBodyError(path, 'base64', value)
}
