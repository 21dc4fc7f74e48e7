import { isObject, type JsonObject, type JsonValue, textOf } from '../../../providers/json/json.ts'
import { field, listOf, string } from '../../answer.ts'
import type { ChoiceBuilder } from '../../choice-builder.ts'

/** Items that ask the client to act, and the field that says what to do. */
const CLIENT_CALLS: Readonly<Record<string, string>> = {
  computer_call: 'action',
  local_shell_call: 'action',
  shell_call: 'action',
  apply_patch_call: 'operation',
}

/** Adds one output item to the choice. Calls that the server runs itself are not calls for the client. */
export function readItem(choice: ChoiceBuilder, item: JsonObject): void {
  const type = string(item['type'])
  const action = Object.hasOwn(CLIENT_CALLS, type) ? CLIENT_CALLS[type] : undefined
  if (action !== undefined) choice.addCall(type, item[action])
  else if (type === 'message') readParts(choice, item['content'])
  else if (type === 'reasoning')
    choice.reasoning += [...texts(item['summary']), ...texts(item['content'])].join('')
  else if (type === 'function_call' || type === 'mcp_approval_request')
    choice.addCall(string(item['name']), item['arguments'])
  else if (type === 'custom_tool_call') choice.addCall(string(item['name']), undefined, string(item['input']))
  else if (type === 'image_generation_call' && string(item['result']) !== '')
    choice.addMedia(`image/${string(item['output_format']) || 'png'}`, string(item['result']))
}

const texts = (list: unknown): string[] => listOf(list).map((part) => string(field(part, 'text')))

function readParts(choice: ChoiceBuilder, content: unknown): void {
  if (typeof content === 'string') choice.text += content
  for (const part of listOf(content)) {
    if (!isObject(part)) continue
    choice.refusal += string(part['refusal'])
    choice.text += string(part['text']) || string(part['transcript'])
    if (string(part['audio']) !== '') choice.addMedia('audio', string(part['audio']))
  }
}

/** Pieces of items, by the name of the event that brings them. */
const DELTAS: Readonly<Record<string, readonly [type: string, field: string]>> = {
  'response.output_text.delta': ['message', 'text'],
  'response.text.delta': ['message', 'text'],
  'response.output_audio_transcript.delta': ['message', 'text'],
  'response.audio_transcript.delta': ['message', 'text'],
  'response.refusal.delta': ['message', 'refusal'],
  'response.reasoning_summary_text.delta': ['reasoning', 'text'],
  'response.reasoning_text.delta': ['reasoning', 'text'],
  'response.function_call_arguments.delta': ['function_call', 'arguments'],
  'response.custom_tool_call_input.delta': ['custom_tool_call', 'input'],
}

/** The items of a stream: whole ones as they came, and what had come of those that were cut short. */
export class ResponsesStream {
  readonly #items = new Map<unknown, { item: JsonObject; whole: boolean; pieces: Record<string, string> }>()

  take(type: string, event: JsonObject): void {
    const key = event['output_index'] ?? event['item_id'] ?? 'only'
    if (type === 'response.output_item.added' || type === 'response.output_item.done') {
      if (isObject(event['item']))
        this.#items.set(key, {
          item: event['item'],
          whole: type.endsWith('.done'),
          pieces: this.#items.get(key)?.pieces ?? {},
        })
      return
    }
    const delta = Object.hasOwn(DELTAS, type) ? DELTAS[type] : undefined
    if (delta === undefined) return
    const [itemType, name] = delta
    const known = this.#items.get(key) ?? { item: { type: itemType }, whole: false, pieces: {} }
    known.pieces[name] = (known.pieces[name] ?? '') + string(event['delta'])
    this.#items.set(key, known)
  }

  items(): JsonValue[] {
    return [...this.#items.values()].map(({ item, whole, pieces }) => (whole ? item : patched(item, pieces)))
  }
}

function patched(item: JsonObject, pieces: Readonly<Record<string, string>>): JsonObject {
  if (item['type'] === 'message') return { ...item, content: [{ ...pieces }] }
  if (item['type'] === 'reasoning') return { ...item, summary: [], content: [{ text: pieces['text'] ?? '' }] }
  return { ...item, ...pieces, name: textOf(item['name']) ?? '' }
}
