import { contentParts } from '../../chat/blocks.ts'
import { Fields, present } from '../../requests/fields.ts'
import { isObject, type JsonObject, prune } from '../../json/json.ts'
import { addInput } from './responses-items.ts'
import { modelRoute } from '../../requests/routes.ts'
import * as settings from '../../chat/settings.ts'
import { isResponsesShaped } from '../../requests/shapes.ts'
import { disablesParallel, readToolChoice, toolFields } from '../../chat/tool-choice.ts'
import { readTools, sortTools } from '../../chat/tools.ts'
import { Transcript } from '../../chat/transcript.ts'
import type { Canonical, ParsedRequest, Provider } from '../../types.ts'
import { OPENAI_TOP } from '../../requests/volatile.ts'

const PATH = /\/responses(?:\/(compact|input_tokens))?$/

/** OpenAI Responses. Documented by the types of `openai` (`ResponseCreateParams`, `ResponseInputItem`). */
export const openaiResponses: Provider = {
  api: 'openai-responses',
  detect: ({ path, body }) =>
    PATH.test(path) &&
    ['input', 'prompt', 'previous_response_id'].some(
      (name) => body[name] !== undefined && body[name] !== null,
    ),
  operation: ({ path }) => {
    const action = PATH.exec(path)?.[1]
    return action === 'compact' ? 'responses.compact' : action === 'input_tokens' ? 'count_tokens' : 'chat'
  },
  route: modelRoute,
  canonicalize,
}

export const responsesByShape: Provider = {
  ...openaiResponses,
  detect: ({ body }) => isResponsesShaped(body),
  operation: () => 'chat',
}

function canonicalize(request: ParsedRequest): Canonical {
  const fields = new Fields(request.body)
  const transcript = new Transcript()
  transcript.addSystem(contentParts(fields.take('instructions')))
  addInput(transcript, fields.take('input'))
  const model = fields.take('model')
  const stream = fields.take('stream')
  const background = fields.take('background')
  const choice = fields.take('tool_choice')
  const canonical = {
    model: modelRoute(request).model ?? settings.modelName(model),
    ...transcript.finish(),
    context: contextOf(fields),
    ...toolFields(
      sortTools(readTools(fields.take('tools'))),
      readToolChoice(choice),
      disablesParallel(fields.take('parallel_tool_calls'), choice),
    ),
    ...reasoningFields(fields),
    ...textFields(fields),
    ...settings.sampling(fields),
  }
  return {
    fields: present({ ...fields.rest(OPENAI_TOP, request.keep), ...present(canonical) }),
    stream: stream === true,
    background: background === true,
  }
}

/** State on the server that replaces messages. It is kept unchanged, because the client sends the recorded ids back. */
function contextOf(fields: Fields): Record<string, unknown> | undefined {
  const conversation = fields.take('conversation')
  const prompt = fields.take('prompt')
  const context = present({
    previous_response_id: fields.take('previous_response_id'),
    conversation: isObject(conversation) ? (conversation['id'] ?? prune(conversation)) : conversation,
    prompt: prompt === undefined ? undefined : prune(prompt),
  })
  return Object.keys(context).length === 0 ? undefined : context
}

function reasoningFields(fields: Fields): Record<string, unknown> {
  const reasoning = fields.take('reasoning')
  if (!isObject(reasoning))
    return present({ reasoning, reasoning_effort: settings.effort(fields.take('reasoning_effort')) })
  const { effort, generate_summary: older, ...rest } = reasoning
  const knobs: JsonObject =
    older === undefined || older === null ? rest : { summary: older, ...(prune(rest) as JsonObject) }
  return present({
    reasoning_effort: settings.effort(effort ?? fields.take('reasoning_effort')),
    reasoning: settings.without(knobs),
  })
}

function textFields(fields: Fields): Record<string, unknown> {
  const text = fields.take('text')
  const format = fields.take('response_format')
  if (!isObject(text)) return present({ text, response_format: settings.responseFormat(format) })
  return present({
    response_format: settings.responseFormat(text['format'] ?? format),
    verbosity: text['verbosity'],
    text: settings.without(text, 'format', 'verbosity'),
  })
}
