import { defined } from '../../base/defined.ts'
import { UnsayableError } from '../../errors/unsayable-error.ts'
import { schema } from '../../providers/chat/schema.ts'
import {
  isAbsent,
  isList,
  isObject,
  type JsonObject,
  type JsonValue,
  nonEmpty,
  textOf,
} from '../../providers/json/json.ts'
import type { Format, Settings, ToolChoice, ToolSpec } from '../asking.ts'

/** A tool as OpenAI (Chat or Responses), Anthropic, Mistral, Cohere or Ollama writes it. */
function readTool(tool: JsonValue): ToolSpec {
  const config = isObject(tool) ? tool : {}
  const inner = isObject(config['function']) ? { ...config, ...config['function'] } : config
  const type = textOf(config['type'])
  const isFunction =
    type === undefined || type === 'function' || (type === 'custom' && config['input_schema'] !== undefined)
  if (!isFunction) throw new UnsayableError(`it offers the tool ${type} of the provider`)
  return toolSpec(inner, inner['input_schema'] ?? inner['parameters'])
}

export const toolSpec = (
  fields: JsonObject,
  parameters: JsonValue | undefined,
  openApi = false,
): ToolSpec => ({
  name: textOf(fields['name']) ?? '',
  ...defined({
    description: nonEmpty(fields['description']),
    schema: isAbsent(parameters) ? undefined : openApi ? schema(parameters, true) : parameters,
    strict: fields['strict'] === true ? (true as const) : undefined,
  }),
})

export const readTools = (tools: JsonValue | undefined): ToolSpec[] =>
  isList(tools) ? tools.map(readTool) : []

/** `tool_choice` and the older `function_call`. */
export function readChoice(choice: JsonValue | undefined): ToolChoice | undefined {
  if (isAbsent(choice)) return undefined
  const mode = isObject(choice) ? choice['type'] : choice
  const word = textOf(mode)?.toLowerCase()
  if (word === 'auto' || word === 'none') return word
  if (word === 'any' || word === 'required') return 'required'
  if (isObject(choice)) {
    const inner = choice['function']
    const name = nonEmpty(isObject(inner) ? inner['name'] : choice['name'])
    if (name !== undefined) return { name }
  }
  throw new UnsayableError(`its choice of tools is ${JSON.stringify(choice)}`)
}

/** `response_format`, `text.format`, `output_config.format`, and the `format` of Ollama. */
export function readFormat(format: JsonValue | undefined): Format | undefined {
  if (isAbsent(format) || format === '') return undefined
  if (format === 'json') return { kind: 'object' }
  if (!isObject(format)) throw new UnsayableError(`its format is ${JSON.stringify(format)}`)
  const type = textOf(format['type'])
  if (type === 'text') return undefined
  const inner = isObject(format['json_schema']) ? format['json_schema'] : undefined
  if (type === 'json_schema')
    return schemaFormat(
      inner ?? format,
      inner?.['schema'] ?? inner?.['schema_definition'] ?? format['schema'],
    )
  // Cohere and Together write `json_object` with a schema.
  if (type === 'json_object') {
    const given = format['schema'] ?? inner
    return isObject(given) ? schemaFormat({}, given) : { kind: 'object' }
  }
  throw new UnsayableError(`its format is ${JSON.stringify(type ?? null)}`)
}

export const schemaFormat = (fields: JsonObject, value: JsonValue | undefined): Format =>
  isAbsent(value)
    ? { kind: 'object' }
    : {
        kind: 'schema',
        schema: value,
        ...defined({
          name: nonEmpty(fields['name']),
          description: nonEmpty(fields['description']),
          strict: fields['strict'] === true ? (true as const) : undefined,
        }),
      }

const number = (value: JsonValue | undefined): number | undefined =>
  typeof value === 'number' ? value : undefined

/** Sampling and limits, under any of the names that APIs have for them. */
export function readSettings(body: JsonObject): Settings {
  const first = (...names: readonly string[]): number | undefined =>
    names.map((name) => number(body[name])).find((value) => value !== undefined)
  const stop = body['stop'] ?? body['stop_sequences'] ?? body['stopSequences']
  const stops = (isList(stop) ? stop : [stop]).flatMap((one) => nonEmpty(one) ?? [])
  return defined({
    maxTokens: first(
      'max_completion_tokens',
      'max_tokens',
      'max_output_tokens',
      'num_predict',
      'maxOutputTokens',
    ),
    temperature: first('temperature'),
    topP: first('top_p', 'topP', 'p'),
    topK: first('top_k', 'topK', 'k'),
    seed: first('seed', 'random_seed'),
    n: first('n', 'candidateCount'),
    frequencyPenalty: first('frequency_penalty', 'frequencyPenalty'),
    presencePenalty: first('presence_penalty', 'presencePenalty'),
    stop: stops.length === 0 ? undefined : stops,
  })
}

/** Fields that say nothing to the model, or that the readers of this folder read. */
const KNOWN = new Set(
  (
    'model messages input contents system instructions system_instruction stream stream_options user metadata store ' +
    'service_tier safety_identifier safety_mode prompt_cache_key prompt_cache_retention parallel_tool_calls tools tool_choice functions ' +
    'function_call response_format output_format format text background include cache_control keep_alive truncation labels ' +
    'anthropic_version anthropic_beta betas max_tokens max_completion_tokens max_output_tokens num_predict temperature top_p ' +
    'top_k p k seed random_seed n stop stop_sequences frequency_penalty presence_penalty previous_response_id options ' +
    'output_config tool_config generation_config ' +
    'systemInstruction generationConfig toolConfig cachedContent maxOutputTokens stopSequences topP topK candidateCount ' +
    'responseMimeType responseSchema responseJsonSchema frequencyPenalty presencePenalty'
  ).split(' '),
)

/** The names of the other fields that a request sets. */
export const leftOf = (body: JsonObject): string[] =>
  Object.entries(body).flatMap(([name, value]) =>
    KNOWN.has(name) || isAbsent(value) || value === false ? [] : [name],
  )
