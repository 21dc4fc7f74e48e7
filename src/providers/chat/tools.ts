import { canonicalJson } from '../json/canonical-json.ts'
import {
  byCodeUnit,
  isAbsent,
  isList,
  isObject,
  type JsonObject,
  type JsonValue,
  nonEmpty,
  pruneField,
  set,
  snakeCase,
  textOf,
} from '../json/json.ts'
import { parameters } from './schema.ts'
import type { Tool } from '../types.ts'
import { EVERYWHERE, PART_NAMES, TOOL_NAMES } from '../requests/volatile.ts'

const FUNCTION: ReadonlySet<string> = new Set(
  'type name description parameters input_schema inputSchema parametersJsonSchema strict function custom'.split(
    ' ',
  ),
)

/** A function that the client runs. Other `fields` that count stay unchanged. */
export function functionTool(fields: JsonObject, schema: JsonValue | undefined): Tool {
  const tool: Tool = { name: textOf(fields['name']) ?? '' }
  const description = nonEmpty(fields['description'])
  if (description !== undefined) tool['description'] = description
  if (schema !== undefined) tool['parameters'] = schema
  if (fields['strict'] === true) tool['strict'] = true
  for (const [name, value] of Object.entries(fields)) {
    if (!FUNCTION.has(name) && !PART_NAMES.has(name) && !isAbsent(value)) set(tool, name, value)
  }
  return tool
}

/** A tool that the server runs. Its configuration counts. Its secrets do not. */
export function builtInTool(type: string, config: JsonObject): Tool {
  const tool: Tool = { type: snakeCase(type) }
  // Below the top level, only MCP tools have secrets. In others, `headers` may be a property of a function in a namespace.
  const nested = /mcp/i.test(type) ? TOOL_NAMES : EVERYWHERE
  for (const [name, value] of Object.entries(config)) {
    if (name !== 'type' && !TOOL_NAMES.has(name) && !isAbsent(value))
      set(tool, name, pruneField(name, value, nested))
  }
  return tool
}

/** One tool as OpenAI (Chat or Responses), Anthropic, Mistral, Cohere or Ollama writes it. */
function readTool(tool: JsonValue): Tool {
  if (!isObject(tool)) return typeof tool === 'string' ? { type: tool } : { type: 'unknown', value: tool }
  const type = textOf(tool['type'])
  const inner = tool['function']
  if (isObject(inner) && (type === undefined || type === 'function')) {
    return functionTool({ ...tool, ...inner }, parameters(inner['parameters']))
  }
  if (tool['input_schema'] !== undefined && (type === undefined || type === 'custom')) {
    return functionTool(tool, parameters(tool['input_schema']))
  }
  if (type === undefined || type === 'function') return functionTool(tool, parameters(tool['parameters']))
  const custom = tool['custom']
  const config = type === 'custom' && isObject(custom) ? { ...tool, ...custom, custom: null } : tool
  const nested = config['tools']
  // Responses: a namespace contains functions.
  return builtInTool(type, isList(nested) ? { ...config, tools: readTools(nested) as JsonValue } : config)
}

const ORDER = (a: Tool, b: Tool): number =>
  byCodeUnit(a.name ?? '', b.name ?? '') ||
  byCodeUnit(a.type ?? '', b.type ?? '') ||
  byCodeUnit(canonicalJson(a), canonicalJson(b))

/** The order of tools is not significant. */
export const sortTools = (tools: readonly Tool[]): Tool[] => tools.toSorted(ORDER)

/** The tools, unsorted. A value that is not a list is one tool. */
export function readTools(tools: JsonValue | undefined): Tool[] {
  if (isAbsent(tools)) return []
  return isList(tools) ? tools.filter((tool) => tool !== null).map(readTool) : [readTool(tools)]
}

/** Anthropic's `mcp_servers[]`: `{type: 'url', name, url, authorization_token, ..}`. */
export function mcpServers(servers: JsonValue | undefined): Tool[] {
  if (!isList(servers)) return readTools(servers)
  return servers.map((server) => (isObject(server) ? builtInTool('mcp_server', server) : readTool(server)))
}
