import { defined } from '../../base/defined.ts'
import { UnsayableError } from '../../errors/unsayable-error.ts'
import type { JsonValue } from '../../providers/json/json.ts'
import type {
  Asking,
  Format,
  MediaPart,
  ResultPart,
  Said,
  TextPart,
  ToolSpec,
  WrittenRequest,
} from '../asking.ts'
import { takesNoSampling } from './chat.ts'
import * as shared from './shared.ts'

const SETTINGS = { maxTokens: 'max_output_tokens', temperature: 'temperature', topP: 'top_p' } as const

/** Models that reason take no sampling. */
const REASONING_SETTINGS = { maxTokens: 'max_output_tokens' } as const

/**
 * OpenAI Responses. Documented by the types of `openai` (`ResponseCreateParams`). The answer is not kept on the server.
 * @throws {UnsayableError} if the API cannot say it
 */
export function writeResponses(asking: Asking, model: string): WrittenRequest {
  shared.noPrefill(asking.messages, 'OpenAI Responses')
  shared.oneAnswer(asking.settings, 'OpenAI Responses')
  const { choice, format, serial, system, messages, tools } = asking
  const names = takesNoSampling(model) ? REASONING_SETTINGS : SETTINGS
  const { fields, left } = shared.writeSettings(asking, names)
  const [only, ...more] = system
  const before = more.length === 0 ? [] : system.map((text) => ({ role: 'system', content: text }))
  return {
    path: '/responses',
    body: shared.bodyOf({
      model,
      instructions: more.length === 0 ? only : undefined,
      input: [...before, ...messages.flatMap(items)],
      tools: shared.listOrNothing(tools.map(tool)),
      tool_choice:
        choice === undefined || tools.length === 0
          ? undefined
          : typeof choice === 'string'
            ? choice
            : { type: 'function', name: choice.name },
      parallel_tool_calls: serial ? false : undefined,
      text: format && { format: formatOf(format) },
      store: false,
      ...fields,
    }),
    left,
  }
}

function items({ role, parts }: Said): JsonValue[] {
  switch (role) {
    case 'system':
      return [{ role, content: shared.joined(parts) }]
    case 'user':
      return [{ role, content: shared.contentOf(parts, inputPart) }]
    case 'tool':
      return parts.map((result) => ({
        type: 'function_call_output',
        call_id: result.id,
        output: output(result),
      }))
    default: {
      // Texts and calls keep their order: each run of texts is one message.
      const list: JsonValue[] = []
      let texts: TextPart[] = []
      const close = (): void => {
        if (texts.length > 0)
          list.push({ role, content: texts.map(({ text }) => ({ type: 'output_text', text })) })
        texts = []
      }
      for (const part of parts) {
        if (part.kind === 'text') texts.push(part)
        else if (part.kind === 'call') {
          close()
          list.push({
            type: 'function_call',
            call_id: part.id,
            name: part.name,
            arguments: shared.argumentsText(part),
          })
        } else throw new UnsayableError('the assistant shows an image, which OpenAI Responses does not have')
      }
      close()
      return list
    }
  }
}

function output(result: ResultPart): JsonValue {
  return shared.contentOf(result.parts.length === 0 ? [{ kind: 'text', text: '' }] : result.parts, inputPart)
}

function inputPart(part: TextPart | MediaPart): JsonValue {
  if (part.kind === 'text') return { type: 'input_text', text: part.text }
  if (part.kind === 'image')
    return { type: 'input_image', image_url: shared.dataUrl(part), detail: part.detail ?? 'auto' }
  if (part.kind === 'audio') throw new UnsayableError('it has a sound, which OpenAI Responses does not take')
  return part.url === undefined
    ? { type: 'input_file', filename: part.name ?? 'file', file_data: shared.dataUrl(part) }
    : { type: 'input_file', file_url: part.url }
}

// Here a tool is strict unless the request says that it is not.
const tool = ({ name, description, schema, strict }: ToolSpec): JsonValue => ({
  type: 'function',
  name,
  ...defined({ description }),
  parameters: schema ?? shared.NO_PARAMETERS,
  strict: strict === true,
})

const formatOf = (format: Format): JsonValue =>
  format.kind === 'object'
    ? { type: 'json_object' }
    : {
        type: 'json_schema',
        name: shared.formatName(format.name),
        ...defined({ description: format.description }),
        schema: format.schema,
        strict: format.strict === true,
      }
