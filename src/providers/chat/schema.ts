import {
  byCodeUnit,
  camelCase,
  isList,
  isObject,
  type JsonObject,
  type JsonValue,
  set,
} from '../json/json.ts'

/** Keywords whose value maps names chosen by the user to schemas. */
const MAPS = new Set(['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas'])
/** Keywords whose value is data of the user. */
const DATA = new Set(['const', 'default', 'enum', 'example', 'examples'])

const sortedStrings = (value: JsonValue): JsonValue =>
  isList(value) && value.every((item) => typeof item === 'string') ? value.toSorted(byCodeUnit) : value

/**
 * Normalises a JSON Schema for comparison. `required` and lists of types are sorted, because their order means nothing. Keywords
 * that are `null`, an empty `required` and the root's `$schema` are dropped. `enum` and other data of the user stay unchanged.
 * @param openApi for Gemini's `parameters` and `responseSchema`: keywords become camelCase, types lower case
 */
export function schema(value: JsonValue, openApi = false): JsonValue {
  const out = walk(value, openApi)
  if (!isObject(out)) return out
  const { $schema: _dropped, ...rest } = out
  return rest
}

function walk(value: JsonValue, openApi: boolean): JsonValue {
  if (isList(value)) return value.map((item) => walk(item, openApi))
  if (!isObject(value)) return value
  const out: JsonObject = {}
  for (const [name, item] of Object.entries(value)) {
    const key = openApi && !name.startsWith('$') ? camelCase(name) : name
    if (item === undefined || (item === null && !DATA.has(key))) continue
    if (key === 'required' && isList(item) && item.length === 0) continue
    set(out, key, keyword(key, item, openApi))
  }
  return out
}

function keyword(key: string, value: JsonValue, openApi: boolean): JsonValue {
  if (DATA.has(key)) return value
  if (key === 'required') return sortedStrings(value)
  if (key === 'type') return sortedStrings(openApi ? lowerCase(value) : value)
  if (MAPS.has(key) && isObject(value)) {
    const out: JsonObject = {}
    for (const [name, item] of Object.entries(value)) {
      if (item !== undefined) set(out, name, walk(item, openApi))
    }
    return out
  }
  return walk(value, openApi)
}

const lowerCase = (value: JsonValue): JsonValue => {
  if (typeof value === 'string') return value.toLowerCase()
  return isList(value) ? value.map(lowerCase) : value
}

const isEmpty = (properties: unknown): boolean => isObject(properties) && Object.keys(properties).length === 0

/** The parameters of a tool. `undefined` if the schema is empty or says only "an object". */
export function parameters(value: JsonValue | undefined, openApi = false): JsonValue | undefined {
  if (value === undefined || value === null) return undefined
  const out = schema(value, openApi)
  if (!isObject(out)) return out
  const keys = Object.keys(out)
  const trivial =
    keys.length === 0 ||
    (out['type'] === 'object' && (keys.length === 1 || (keys.length === 2 && isEmpty(out['properties']))))
  return trivial ? undefined : out
}
