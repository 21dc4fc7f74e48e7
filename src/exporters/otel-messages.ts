import { defined } from '../base/defined.ts'
import type { Digest } from '../drift/types.ts'
import type { Asking, Said } from '../migration/asking.ts'
import type { JsonValue } from '../providers/json/json.ts'

type Part = Said['parts'][number]

/** Messages as the JSON schemas of the conventions have them. Attributes hold them as JSON text. */
export const inputMessages = ({ messages }: Asking): string =>
  JSON.stringify(messages.map(({ parts, role }) => ({ role, parts: parts.map(partOf) })))

export const systemInstructions = ({ system }: Asking): string | undefined =>
  system.length === 0 ? undefined : JSON.stringify(system.map((content) => ({ type: 'text', content })))

export const toolDefinitions = ({ tools }: Asking): string | undefined =>
  tools.length === 0
    ? undefined
    : JSON.stringify(
        tools.map(({ description, name, schema }) =>
          defined({ type: 'function', name, description, parameters: schema }),
        ),
      )

export const outputMessages = ({ choices }: Digest): string =>
  JSON.stringify(
    choices.map(({ finish, reasoning, refusal, text, tool_calls: calls }) => ({
      role: 'assistant',
      parts: [
        ...(reasoning === '' ? [] : [{ type: 'reasoning', content: reasoning }]),
        ...[text, refusal ?? ''].filter((one) => one !== '').map((content) => ({ type: 'text', content })),
        ...calls.map((call) => ({ type: 'tool_call', id: null, name: call.name, arguments: call.arguments })),
      ],
      finish_reason: FINISHES[finish ?? ''] ?? finish ?? 'error',
    })),
  )

/** The words of the conventions, where they differ. */
const FINISHES: Readonly<Record<string, string>> = { tool_calls: 'tool_call', refusal: 'content_filter' }

function partOf(part: Part): JsonValue {
  switch (part.kind) {
    case 'text':
      return { type: 'text', content: part.text }
    case 'call':
      return { type: 'tool_call', id: part.id, name: part.name, arguments: part.arguments }
    case 'result':
      return { type: 'tool_call_response', id: part.id, response: part.parts.map(partOf) }
    default: {
      const modality = part.kind === 'file' ? 'document' : part.kind
      const type = defined({ mime_type: part.mediaType })
      return part.url === undefined
        ? { type: 'blob', modality, ...type, content: part.data ?? '' }
        : { type: 'uri', modality, ...type, uri: part.url }
    }
  }
}
