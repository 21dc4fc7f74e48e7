import { addMessages } from './messages.ts'
import { Fields, present } from '../requests/fields.ts'
import { isObject, type JsonObject, type JsonValue, prune } from '../json/json.ts'
import { contentParts } from './blocks.ts'
import * as settings from './settings.ts'
import { builtInTool, mcpServers, readTools, sortTools } from './tools.ts'
import { disablesParallel, readToolChoice, toolFields } from './tool-choice.ts'
import { Transcript } from './transcript.ts'
import type { Canonical } from '../types.ts'
import { CHAT_TOP } from '../requests/volatile.ts'

interface ChatContext {
  readonly keep: ReadonlySet<string>
  readonly headers: ReadonlyMap<string, string>
  /** The model that the URL names. It replaces the model of the body. */
  readonly model?: string | undefined
  /** If true (Cohere), `p` and `k` mean `top_p` and `top_k`. */
  readonly shortSampling?: boolean
}

/**
 * A chat body with `messages[]`. It accepts the union of the spellings of OpenAI Chat and compatible APIs, Anthropic,
 * Mistral and Cohere, because gateways mix them.
 */
export function chatBody(body: JsonObject, context: ChatContext): Canonical {
  const fields = new Fields(body)
  const transcript = new Transcript()
  transcript.addSystem(contentParts(fields.take('system')))
  addMessages(transcript, fields.take('messages'))
  const stream = fields.take('stream')
  const model = fields.take('model')
  const short = context.shortSampling === true ? { top_p: fields.take('p'), top_k: fields.take('k') } : {}
  const canonical = {
    model: context.model ?? settings.modelName(model),
    ...transcript.finish(),
    ...present({ context: contextOf(fields) }),
    ...tools(fields),
    ...reasoningFields(fields),
    ...formats(fields),
    ...settings.sampling(fields),
    ...present(short),
    betas: settings.betas(
      context.headers.get('anthropic-beta'),
      fields.take('betas'),
      fields.take('anthropic_beta'),
    ),
  }
  return {
    fields: present({ ...fields.rest(CHAT_TOP, context.keep), ...canonical }),
    stream: stream === true,
  }
}

/** Prompt state that is not in `messages`. */
function contextOf(fields: Fields): Record<string, unknown> | undefined {
  const documents = fields.take('documents')
  const thread = fields.take('thread')
  const all = present({ documents, thread: isObject(thread) ? prune(thread) : thread })
  return Object.keys(all).length === 0 ? undefined : all
}

function tools(fields: Fields): Record<string, unknown> {
  const search = fields.take('web_search_options')
  const all = [
    ...readTools(fields.take('tools')),
    ...readTools(fields.take('functions')),
    ...mcpServers(fields.take('mcp_servers')),
    ...(search === undefined
      ? []
      : [builtInTool('web_search', isObject(search) ? search : { value: search })]),
  ]
  const choice = fields.take('tool_choice', 'function_call')
  return toolFields(
    sortTools(all),
    readToolChoice(choice),
    disablesParallel(fields.take('parallel_tool_calls'), choice),
  )
}

function reasoningFields(fields: Fields): Record<string, unknown> {
  const reasoning = fields.take('reasoning')
  const nested = isObject(reasoning) ? reasoning['effort'] : undefined
  const output = fields.take('output_config')
  const outputEffort = isObject(output) ? output['effort'] : undefined
  const kwargs = fields.take('chat_template_kwargs')
  const templated = isObject(kwargs) ? kwargs['enable_thinking'] : undefined
  const rest = settings.without(reasoning, 'effort')
  const knobs = {
    ...(isObject(rest) ? rest : {}),
    ...present({
      format: fields.take('reasoning_format'),
      include: fields.take('include_reasoning'),
      mode: fields.take('prompt_mode'),
    }),
  }
  const enabled = fields.take('enable_thinking') ?? templated
  return present({
    reasoning_effort: settings.effort(fields.take('reasoning_effort') ?? nested ?? outputEffort ?? undefined),
    reasoning: isObject(reasoning) || reasoning === undefined ? nothingIfEmpty(knobs) : reasoning,
    thinking: settings.thinking(fields.take('thinking')) ?? settings.thinkingSwitch(enabled),
    chat_template_kwargs: settings.without(kwargs, 'enable_thinking'),
    output_config: settings.without(output, 'effort', 'format'),
    ...(isObject(output) ? formatOf(output['format']) : {}),
  })
}

const nothingIfEmpty = (object: Record<string, unknown>): Record<string, unknown> | undefined =>
  Object.keys(object).length === 0 ? undefined : object

const formatOf = (format: JsonValue | undefined): Record<string, unknown> =>
  present({ response_format: settings.responseFormat(format) })

const formats = (fields: Fields): Record<string, unknown> =>
  formatOf(fields.take('response_format', 'output_format'))
