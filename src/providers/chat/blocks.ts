import { leftover, namesOf } from '../requests/fields.ts'
import {
  isAbsent,
  isList,
  isObject,
  type JsonObject,
  type JsonValue,
  nonEmpty,
  textOf,
} from '../json/json.ts'
import { sha256 } from './media.ts'
import { readMedia } from './media-blocks.ts'
import { type Block, callArguments, part, reasoning, textPart, unknownPart } from './transcript.ts'
import type { Part } from '../types.ts'
import { TEXT_PART_NAMES } from '../requests/volatile.ts'

const TEXT = namesOf('type text')
const TOOL_USE = namesOf('type id name input caller')
const TOOL_RESULT = namesOf('type tool_use_id content is_error')

/** The content of a message or of a tool result, in any of the typed spellings: text, or a list of blocks. */
export function contentBlocks(content: JsonValue | undefined): Block[] {
  if (isAbsent(content)) return []
  if (typeof content === 'string') return [part(textPart(content))]
  return isList(content)
    ? content.flatMap(typedBlocks)
    : isObject(content)
      ? typedBlocks(content)
      : [part(unknownPart(content))]
}

/** The same content as parts. A call or a result in it does not belong to the conversation, so it becomes a part. */
export const contentParts = (content: JsonValue | undefined): Part[] =>
  contentBlocks(content).map((block) =>
    block.kind === 'part' || block.kind === 'opaque' ? block.part : { type: block.kind, ...block },
  )

/** One block of OpenAI (Chat and Responses), Anthropic, Mistral or Cohere. Their blocks name their kind in `type`. */
function typedBlocks(block: JsonValue): Block[] {
  if (typeof block === 'string') return [part(textPart(block))]
  if (!isObject(block)) return block === null ? [] : [part(unknownPart(block))]
  switch (block['type']) {
    case 'text':
    case 'input_text':
    case 'output_text':
      return [part({ ...leftover(block, TEXT, TEXT_PART_NAMES), type: 'text', text: block['text'] ?? '' })]
    case 'refusal':
      return [part({ type: 'refusal', text: block['refusal'] ?? '' })]
    case 'thinking':
      return thinking(block['thinking'])
    case 'reasoning_text':
    case 'summary_text':
      return reasoning(block['text'])
    case 'redacted_thinking':
      return []
    case 'tool_use':
      return [toolUse(block)]
    case 'tool_result':
      return [toolResult(block)]
    default:
      return [mediaBlock(block) ?? opaque(block)]
  }
}

function mediaBlock(block: JsonObject): Block | undefined {
  const found = readMedia(block, contentParts)
  return found === undefined ? undefined : part(found)
}

/** The text of Anthropic and Cohere, or Mistral's list of chunks. */
function thinking(value: JsonValue | undefined): Block[] {
  if (!isList(value)) return reasoning(value)
  return value.flatMap((chunk) =>
    isObject(chunk) && chunk['type'] === 'text' ? reasoning(chunk['text']) : typedBlocks(chunk),
  )
}

/** Who called a tool, if it was not the model itself. The id of a calling server tool is generated, so it is dropped. */
function indirectCaller({ caller }: JsonObject): JsonObject {
  return isObject(caller) && caller['type'] !== 'direct' ? { caller: { type: caller['type'] } } : {}
}

function toolUse(block: JsonObject): Block {
  const rest = leftover(block, TOOL_USE)
  return {
    kind: 'call',
    id: textOf(block['id']),
    name: textOf(block['name']) ?? '',
    payload: { arguments: callArguments(block['input']), ...indirectCaller(block), ...rest },
  }
}

function toolResult(block: JsonObject): Block {
  const rest = leftover(block, TOOL_RESULT)
  return {
    kind: 'result',
    id: textOf(block['tool_use_id']),
    name: undefined,
    content: contentParts(block['content']),
    extra: { ...(block['is_error'] === true ? { is_error: true } : {}), ...rest },
  }
}

/** Fields of a block that the server reads, which are read elsewhere or do not count: type, caller, generated ids, echoed output. */
const IDS = namesOf('type id tool_use_id call_id approval_request_id status annotations caller')

/** A block that only the server reads: server tools and their results, search results, compaction ... */
export function opaque(block: JsonObject): Block {
  const kept = leftover(block, IDS)
  // The blob is the only copy of the turns that it replaces. It is long, so its hash is kept.
  const blob = textOf(block['encrypted_content'])
  if (block['type'] === 'compaction' && blob !== undefined) {
    delete kept['encrypted_content']
    kept['sha256'] = sha256(blob.toWellFormed())
  }
  const id = nonEmpty(block['tool_use_id'] ?? block['call_id'] ?? block['approval_request_id'] ?? block['id'])
  const canonical: Part = { ...kept, ...indirectCaller(block), type: textOf(block['type']) ?? 'unknown' }
  const refers = ['tool_use_id', 'call_id', 'approval_request_id'].some(
    (name) => nonEmpty(block[name]) !== undefined,
  )
  const opens = !refers && canonical.type.endsWith('_use')
  if (!refers && !opens) return part(canonical)
  return { kind: 'opaque', part: canonical, id, opens }
}
