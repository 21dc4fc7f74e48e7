import { defined } from '../../base/defined.ts'
import type { Fields } from '../requests/fields.ts'
import { present } from '../requests/fields.ts'
import {
  byCodeUnit,
  isList,
  isObject,
  type JsonObject,
  type JsonValue,
  nonEmpty,
  parseJson,
  prune,
  textOf,
} from '../json/json.ts'
import { schema } from './schema.ts'

/** The model name without the prefix `models/`: `models/gemini-2.5-pro` becomes `gemini-2.5-pro`. */
export const modelName = (value: unknown): unknown =>
  typeof value === 'string' ? nonEmpty(value.replace(/^models\//, '')) : value

/** One stop sequence or several. Their order does not matter. */
export function stopSequences(value: JsonValue | undefined): JsonValue | undefined {
  if (typeof value === 'string') return [value]
  if (!isList(value) || !value.every((item) => typeof item === 'string')) return value
  return value.toSorted(byCodeUnit)
}

/** Sampling settings and limits, under the names of OpenAI Chat. Do not use it if `p` and `k` have another meaning. */
export function sampling(fields: Fields): Record<string, unknown> {
  return present({
    max_tokens: fields.take(
      'max_tokens',
      'max_completion_tokens',
      'max_output_tokens',
      'max_new_tokens',
      'num_predict',
    ),
    temperature: fields.take('temperature'),
    top_p: fields.take('top_p'),
    top_k: fields.take('top_k'),
    seed: fields.take('seed', 'random_seed'),
    n: fields.take('n'),
    stop: stopSequences(fields.take('stop', 'stop_sequences')),
    verbosity: fields.take('verbosity'),
  })
}

export const effort = (value: JsonValue | undefined): JsonValue | undefined =>
  typeof value === 'string' ? value.toLowerCase() : value

/** The names of beta features, from the header and from the body. */
export function betas(
  header: string | undefined,
  ...lists: readonly (JsonValue | undefined)[]
): string[] | undefined {
  const given = lists.flatMap((list): readonly unknown[] => (isList(list) ? list : [list]))
  const named = [...(header ?? '').split(','), ...given.map(textOf)]
  const all = new Set(named.flatMap((name) => nonEmpty(name?.trim()) ?? []))
  return all.size === 0 ? undefined : [...all].toSorted()
}

/** `{type: json_schema, name?, description?, strict?: true, schema}`. */
export function jsonSchemaFormat(
  fields: JsonObject,
  value: JsonValue | undefined,
  openApi = false,
): JsonObject {
  const name = nonEmpty(fields['name'])
  const description = nonEmpty(fields['description'])
  return {
    type: 'json_schema',
    ...defined({ name, description, strict: fields['strict'] === true || undefined }),
    ...defined({ schema: value === undefined || value === null ? undefined : schema(value, openApi) }),
  }
}

/** `response_format`, `text.format`, `output_config.format`. `{type: text}` means no format. */
export function responseFormat(format: JsonValue | undefined): JsonValue | undefined {
  if (!isObject(format)) return format
  const { type } = format
  if (type === 'text') return undefined
  const inner = format['json_schema']
  const direct = format['schema']
  if (type === 'json_schema') {
    return isObject(inner)
      ? jsonSchemaFormat(inner, inner['schema'] ?? inner['schema_definition'])
      : jsonSchemaFormat(format, direct)
  }
  // Cohere and Together write `json_object` with a schema.
  const given = direct ?? inner
  if (type === 'json_object' && isObject(given)) return jsonSchemaFormat({}, given)
  return type === 'json_object' ? { type } : prune(format)
}

/** Reads a schema that is sent as JSON text. */
export const schemaText = (value: JsonValue | undefined): JsonValue | undefined =>
  typeof value === 'string' ? (parseJson(value)?.value ?? value) : value

/** A copy of the object without the named fields. `undefined` if no field is left. */
export function without(object: JsonValue | undefined, ...names: readonly string[]): JsonValue | undefined {
  if (!isObject(object)) return object === null ? undefined : object
  const kept = Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)))
  const out = prune(kept) as JsonObject
  return Object.keys(out).length === 0 ? undefined : out
}

/** `{type: enabled | disabled}`, for an API with a boolean setting. */
export const thinkingSwitch = (on: JsonValue | undefined): JsonObject | undefined =>
  typeof on === 'boolean' ? { type: on ? 'enabled' : 'disabled' } : undefined

/** The `thinking` setting of Anthropic, Z.ai and Cohere. */
export function thinking(value: JsonValue | undefined): JsonValue | undefined {
  if (typeof value === 'boolean') return thinkingSwitch(value)
  if (!isObject(value)) return value
  const { token_budget: budget, ...rest } = value
  const out = prune(budget === undefined ? rest : { ...rest, budget_tokens: budget }) as JsonObject
  return Object.keys(out).length === 0 ? undefined : out
}
