import { converseBlocks, converseParts } from './converse-blocks.ts'
import { Fields, leftover, present } from '../../requests/fields.ts'
import {
  isAbsent,
  isList,
  isObject,
  type JsonObject,
  type JsonValue,
  nonEmpty,
  textOf,
} from '../../json/json.ts'
import { bedrockAction, modelRoute } from '../../requests/routes.ts'
import { parameters } from '../../chat/schema.ts'
import * as settings from '../../chat/settings.ts'
import { isConverseShaped } from '../../requests/shapes.ts'
import { readToolChoice, type ToolChoice, toolFields } from '../../chat/tool-choice.ts'
import { builtInTool, functionTool, readTools, sortTools } from '../../chat/tools.ts'
import { Transcript, unknownPart } from '../../chat/transcript.ts'
import type { Canonical, ParsedRequest, Provider, Tool } from '../../types.ts'
import { BEDROCK_TOP, MESSAGE_NAMES } from '../../requests/volatile.ts'

/** Bedrock Converse. Documented by the types of `@aws-sdk/client-bedrock-runtime` (`ConverseRequest`, `ContentBlock`). */
export const bedrockConverse: Provider = {
  api: 'bedrock-converse',
  detect: ({ path, json }) => isObject(json) && /^converse(?:-stream)?$/.test(bedrockAction(path) ?? ''),
  operation: () => 'chat',
  route: modelRoute,
  canonicalize: (request) => converseBody(request.body, request),
}

export const converseByShape: Provider = {
  ...bedrockConverse,
  detect: ({ body }) => isConverseShaped(body['messages']),
}

/** Reads a Converse body, from any operation. */
export function converseBody(body: JsonObject, request: ParsedRequest): Canonical {
  const fields = new Fields(body)
  const transcript = new Transcript()
  transcript.addSystem(converseParts(fields.take('system')))
  addMessages(transcript, fields.take('messages'))
  const model = fields.take('modelId', 'model')
  const stream = fields.take('stream')
  const variables = fields.take('promptVariables')
  const output = fields.take('outputConfig')
  const additional = fields.take('additionalModelRequestFields')
  const extra = new Fields(isObject(additional) ? additional : {})
  const canonical = {
    model: modelRoute(request).model ?? settings.modelName(model),
    ...transcript.finish(),
    context: variables === undefined ? undefined : { prompt_variables: variables },
    ...toolsOf(fields, extra),
    guardrail: fields.take('guardrailConfig', 'guardrail'),
    ...limits(fields, extra),
    ...modelFields(extra, additional, isObject(output) ? output['effort'] : undefined),
    ...outputFields(output),
  }
  const action = bedrockAction(request.path) ?? ''
  return {
    fields: present({ ...fields.rest(BEDROCK_TOP, request.keep), ...present(canonical) }),
    stream: action.endsWith('-stream') || (action === '' && stream === true),
  }
}

const MESSAGE = new Set(['role', 'content'])

function addMessages(transcript: Transcript, messages: JsonValue | undefined): void {
  if (isAbsent(messages)) return
  for (const message of isList(messages) ? messages : [messages]) {
    if (!isObject(message)) {
      transcript.add('user', [{ kind: 'part', part: unknownPart(message) }])
      continue
    }
    transcript.add(
      textOf(message['role']) ?? 'user',
      converseBlocks(message['content']),
      leftover(message, MESSAGE, MESSAGE_NAMES),
    )
  }
}

function toolsOf(fields: Fields, extra: Fields): Record<string, unknown> {
  const config = fields.take('toolConfig')
  const { tools, toolChoice, ...rest } = isObject(config) ? config : {}
  const native = readTools(extra.take('tools'))
  const choice = toolChoice === undefined ? readToolChoice(extra.take('tool_choice')) : choiceOf(toolChoice)
  return {
    ...toolFields(sortTools([...(isList(tools) ? tools.flatMap(readTool) : []), ...native]), choice, false),
    ...present({ tool_config: settings.without(rest) }),
  }
}

function readTool(tool: JsonValue): Tool[] {
  if (!isObject(tool)) return tool === null ? [] : [{ type: 'unknown', value: tool }]
  return Object.entries(tool).flatMap(([name, value]): Tool[] => {
    if (name === 'cachePoint' || isAbsent(value)) return []
    if (name !== 'toolSpec' || !isObject(value))
      return [builtInTool(name, isObject(value) ? value : { value })]
    const { inputSchema } = value
    return [functionTool(value, parameters(isObject(inputSchema) ? inputSchema['json'] : inputSchema))]
  })
}

/** `{auto | any | tool: {name}}`. */
function choiceOf(choice: JsonValue): ToolChoice | undefined {
  if (!isObject(choice)) return readToolChoice(choice)
  const { tool } = choice
  const name = isObject(tool) ? nonEmpty(tool['name']) : undefined
  if (name !== undefined) return { name }
  if (isObject(choice['any'])) return 'required'
  return isObject(choice['auto']) || Object.keys(choice).length === 0 ? undefined : readToolChoice(choice)
}

function limits(fields: Fields, extra: Fields): Record<string, unknown> {
  const config = fields.take('inferenceConfig')
  const inference = new Fields(isObject(config) ? config : {})
  return {
    ...inference.rest(NAMED, new Set()),
    ...present({
      max_tokens: inference.take('maxTokens', 'max_new_tokens'),
      temperature: inference.take('temperature'),
      top_p: inference.take('topP'),
      top_k: inference.take('topK') ?? extra.take('top_k'),
      stop: settings.stopSequences(inference.take('stopSequences')),
    }),
  }
}

const NAMED: ReadonlyMap<string, string> = new Map(
  'maxTokens max_new_tokens temperature topP topK stopSequences'.split(' ').map((name) => [name, 'read']),
)

/** The fields of the model itself. Those that have a canonical name get it. The others stay one field. */
function modelFields(
  extra: Fields,
  additional: JsonValue | undefined,
  outputEffort: JsonValue | undefined,
): Record<string, unknown> {
  const config = extra.take('output_config')
  const named = isObject(config) ? config['effort'] : undefined
  const known = {
    reasoning_effort: settings.effort(extra.take('reasoning_effort') ?? named ?? outputEffort ?? undefined),
    thinking: settings.thinking(extra.take('thinking')),
    reasoning: extra.take('reasoning_config', 'reasoningConfig', 'reasoning'),
    betas: settings.betas(undefined, extra.take('anthropic_beta')),
    output_config: settings.without(config, 'effort'),
  }
  const rest = extra.rest(new Map(), new Set())
  const left = isObject(additional) ? (Object.keys(rest).length > 0 ? rest : undefined) : additional
  return present({ ...known, additionalModelRequestFields: left })
}

function outputFields(output: JsonValue | undefined): Record<string, unknown> {
  if (!isObject(output)) return present({ outputConfig: output })
  const format = output['textFormat']
  return present({
    response_format: isObject(format) ? textFormat(format) : format,
    outputConfig: settings.without(output, 'textFormat', 'effort'),
  })
}

/** `{type: json_schema, structure: {jsonSchema: {schema, name, description}}}`. The schema is JSON text. */
function textFormat(format: JsonObject): JsonValue | undefined {
  const { structure } = format
  const json = isObject(structure) ? structure['jsonSchema'] : undefined
  if (!isObject(json) || format['type'] !== 'json_schema') return settings.responseFormat(format)
  return settings.jsonSchemaFormat(json, settings.schemaText(json['schema']))
}
