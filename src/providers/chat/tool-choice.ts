import { defined } from '../../base/defined.ts'
import { leftover } from '../requests/fields.ts'
import { isList, isObject, type JsonObject, type JsonValue, nonEmpty, textOf } from '../json/json.ts'
import type { Tool } from '../types.ts'

export type ToolChoice = string | JsonObject

const PARALLEL: ReadonlySet<string> = new Set(['disable_parallel_tool_use'])

/** A tool choice mode in the words of any API. `undefined` means `auto`, the documented default of every API. */
export function choiceMode(mode: string): string | undefined {
  const name = mode.toLowerCase()
  return name === 'auto' ? undefined : name === 'any' ? 'required' : name
}

/** `tool_choice` and the older `function_call`, as OpenAI, Anthropic, Mistral and Cohere write them. */
export function readToolChoice(choice: JsonValue | undefined): ToolChoice | undefined {
  if (typeof choice === 'string') {
    const mode = choiceMode(choice)
    return mode === undefined || /^(?:required|none|validated)$/.test(mode) ? mode : { type: mode }
  }
  if (choice === undefined || choice === null) return undefined
  if (!isObject(choice)) return { type: 'unknown', value: choice }
  const type = textOf(choice['type'])
  if (type === 'allowed_tools')
    return allowedTools(isObject(choice['allowed_tools']) ? choice['allowed_tools'] : choice)
  if (type !== undefined && /^(?:auto|any|none|required)$/.test(type)) return choiceMode(type)
  const inner = choice['function']
  const name = nonEmpty(isObject(inner) ? inner['name'] : choice['name'])
  if (name !== undefined && (type === undefined || type === 'function' || type === 'tool')) return { name }
  const custom = choice['custom']
  if (type === 'custom' && isObject(custom)) return { type, ...leftover(custom, PARALLEL) }
  return leftover(choice, PARALLEL)
}

function allowedTools(choice: JsonObject): ToolChoice {
  const tools = isList(choice['tools']) ? choice['tools'].map(toolLabel) : []
  return { mode: choiceMode(textOf(choice['mode']) ?? 'auto') ?? 'auto', tools: tools.toSorted() }
}

function toolLabel(tool: JsonValue): string {
  if (!isObject(tool)) return typeof tool === 'string' ? tool : JSON.stringify(tool)
  const inner = tool['function'] ?? tool['custom']
  const name =
    (isObject(inner) ? inner['name'] : undefined) ?? tool['name'] ?? tool['server_label'] ?? tool['type']
  return textOf(name) ?? JSON.stringify(tool)
}

/** `parallel_tool_calls: false`. Anthropic writes it as `tool_choice.disable_parallel_tool_use: true`. */
export const disablesParallel = (parallel: JsonValue | undefined, choice: JsonValue | undefined): boolean =>
  parallel === false || (isObject(choice) && choice['disable_parallel_tool_use'] === true)

/** The canonical fields about tools. Absent fields are omitted. */
export function toolFields(
  tools: readonly Tool[],
  choice: ToolChoice | undefined,
  serial: boolean,
): Record<string, unknown> {
  return {
    ...(tools.length > 0 ? { tools } : {}),
    ...defined({ tool_choice: choice }),
    ...(serial ? { parallel_tool_calls: false } : {}),
  }
}
