import { defined } from '../../../base/defined.ts'
import { contentBlocks, contentParts, opaque } from '../../chat/blocks.ts'
import { leftover } from '../../requests/fields.ts'
import {
  isAbsent,
  isList,
  isObject,
  type JsonObject,
  type JsonValue,
  nonEmpty,
  textOf,
} from '../../json/json.ts'
import {
  type Block,
  callArguments,
  part,
  reasoning,
  type Transcript,
  unknownPart,
} from '../../chat/transcript.ts'
import { MESSAGE_NAMES } from '../../requests/volatile.ts'

const ITEM: ReadonlySet<string> = new Set(['type', 'role', 'content', 'phase', 'id', 'status'])
const CALL: ReadonlySet<string> = new Set([
  'type',
  'id',
  'call_id',
  'name',
  'arguments',
  'input',
  'status',
  'caller',
])
const OUTPUT: ReadonlySet<string> = new Set(['type', 'id', 'call_id', 'output', 'status', 'name', 'caller'])
const REFERENCE: ReadonlySet<string> = new Set(['type', 'id', 'status'])

/** The items of one assistant turn. Responses items have no boundaries between messages. */
interface Turn {
  blocks: Block[]
  phase: string | undefined
  /** Whether the turn contains a message item. Only message items have a `phase`, which can differ. */
  spoken: boolean
  extra: JsonObject
}

const emptyTurn = (): Turn => ({ blocks: [], phase: undefined, spoken: false, extra: {} })

/** `input`: a string or a list of items. */
export function addInput(transcript: Transcript, input: JsonValue | undefined): void {
  if (!isList(input)) {
    if (input !== undefined && input !== null) transcript.add('user', contentBlocks(input))
    return
  }
  let turn = emptyTurn()
  const close = (): void => {
    if (turn.blocks.length > 0 || turn.spoken) {
      transcript.add('assistant', turn.blocks, {
        ...defined({ phase: turn.phase }),
        ...turn.extra,
      })
    }
    turn = emptyTurn()
  }
  for (const item of input) {
    if (isObject(item) && isMessage(item)) {
      const role = textOf(item['role']) ?? 'user'
      const phase = nonEmpty(item['phase'])
      if (role !== 'assistant' || (turn.spoken && turn.phase !== phase)) close()
      const extra = leftover(item, ITEM, MESSAGE_NAMES)
      const blocks = contentBlocks(item['content'])
      if (role === 'assistant') {
        turn = {
          blocks: [...turn.blocks, ...blocks],
          phase,
          spoken: true,
          extra: { ...turn.extra, ...extra },
        }
      } else transcript.add(role, blocks, phase === undefined ? extra : { phase, ...extra })
    } else if (isObject(item) && isOutput(item)) {
      close()
      transcript.add('tool', [output(item)])
    } else turn.blocks.push(...itemBlocks(transcript, item))
  }
  close()
}

/** The type of an item. If it is `null` or absent, a role means a message, and an id without a role means a reference. */
function typeOf({ type, role, id }: JsonObject): JsonValue | undefined {
  if (!isAbsent(type)) return type
  if (!isAbsent(role)) return 'message'
  return nonEmpty(id) === undefined ? undefined : 'item_reference'
}

const isMessage = (item: JsonObject): boolean => typeOf(item) === 'message'

const isOutput = (item: JsonObject): boolean =>
  item['type'] === 'function_call_output' || item['type'] === 'custom_tool_call_output'

function output(item: JsonObject): Block {
  const name = nonEmpty(item['name'])
  return {
    kind: 'result',
    id: textOf(item['call_id']),
    name,
    content: contentParts(item['output']),
    extra: leftover(item, OUTPUT),
  }
}

function itemBlocks(transcript: Transcript, item: JsonValue): Block[] {
  if (!isObject(item)) return typeof item === 'string' ? contentBlocks(item) : [part(unknownPart(item))]
  const name = textOf(item['name']) ?? ''
  const id = textOf(item['call_id'])
  switch (typeOf(item)) {
    case 'reasoning':
      return [...texts(item['summary']), ...texts(item['content'])]
    case 'function_call': {
      const payload = { arguments: callArguments(item['arguments']), ...leftover(item, CALL) }
      return [{ kind: 'call', id, name, payload }]
    }
    case 'custom_tool_call':
      return [{ kind: 'call', id, name, payload: { input: item['input'] ?? '', ...leftover(item, CALL) } }]
    case 'item_reference':
      // The id is the only content of a reference.
      return [part({ ...leftover(item, REFERENCE), type: 'item_reference', id: item['id'] })]
    case 'mcp_approval_request':
      if (typeof item['id'] === 'string') transcript.ref(item['id'])
      return [opaque(item)]
    default:
      return [opaque(item)]
  }
}

/** Readable reasoning. The encrypted copy beside it changes with every recording, so it is dropped. */
const texts = (list: JsonValue | undefined): Block[] =>
  isList(list)
    ? list.flatMap((entry) => (isObject(entry) ? reasoning(entry['text']) : reasoning(entry)))
    : reasoning(list)
