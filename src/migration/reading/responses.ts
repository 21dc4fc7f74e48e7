import { defined } from '../../base/defined.ts'
import { UnsayableError } from '../../errors/unsayable-error.ts'
import {
  isAbsent,
  isList,
  isObject,
  type JsonObject,
  type JsonValue,
  nonEmpty,
  textOf,
} from '../../providers/json/json.ts'
import type { Asking } from '../asking.ts'
import { Calls } from './calls.ts'
import { leftOf, readChoice, readFormat, readSettings, readTools } from './options.ts'
import { type AnyPart, readParts, readPlainParts } from './parts.ts'
import { Talk } from './talk.ts'

/** What the server of an earlier answer knows: the conversation up to it, as items of `input`. */
export type Earlier = (id: string) => readonly JsonValue[] | undefined

/**
 * Reads a body of OpenAI Responses.
 * @param earlier gives the items of the conversation that `previous_response_id` names
 */
export function readResponses(body: JsonObject, earlier: Earlier): Asking {
  for (const name of ['conversation', 'prompt'])
    if (!isAbsent(body[name])) throw new UnsayableError(`its ${name} is kept by the provider`)
  const calls = new Calls()
  const talk = new Talk()
  talk.say('system', readParts(body['instructions'], calls))
  addItems(talk, calls, inputItems(body, earlier))
  const { text, reasoning } = body
  const choice = body['tool_choice']
  return {
    ...talk.asking(),
    tools: readTools(body['tools']),
    ...defined({
      choice: readChoice(choice),
      serial: body['parallel_tool_calls'] === false ? (true as const) : undefined,
      format: readFormat(isObject(text) ? text['format'] : body['response_format']),
    }),
    settings: readSettings(body),
    left: [
      ...leftOf({ ...body, reasoning: undefined }),
      ...(isObject(reasoning) && !isAbsent(reasoning['effort']) ? ['reasoning.effort'] : []),
      ...(isObject(text) && !isAbsent(text['verbosity']) ? ['text.verbosity'] : []),
    ],
  }
}

/** The items that a request sends, after those that its server knows already. */
export function inputItems(body: JsonObject, earlier: Earlier): readonly JsonValue[] {
  const { input } = body
  const items = isList(input) ? input : isAbsent(input) ? [] : [{ role: 'user', content: input }]
  const after = nonEmpty(body['previous_response_id'])
  if (after === undefined) return items
  const before = earlier(after)
  if (before === undefined)
    throw new UnsayableError('it goes on from an answer (previous_response_id) that is not in the cassette')
  return [...before, ...items]
}

function addItems(talk: Talk, calls: Calls, items: readonly JsonValue[]): void {
  let turn: AnyPart[] = []
  const close = (): void => {
    talk.say('assistant', turn)
    turn = []
  }
  for (const item of items) {
    if (!isObject(item)) continue
    const role = textOf(item['role'])
    const said = itemParts(item, calls)
    if (role === 'assistant' || (role === undefined && said.every(({ kind }) => kind !== 'result'))) {
      turn.push(...said)
      continue
    }
    close()
    talk.say(role ?? 'tool', said)
  }
  close()
}

function itemParts(item: JsonObject, calls: Calls): AnyPart[] {
  const type = textOf(item['type']) ?? (item['role'] === undefined ? 'item_reference' : 'message')
  switch (type) {
    case 'message':
      return readParts(item['content'], calls)
    case 'function_call':
      return [calls.open(item['call_id'], textOf(item['name']) ?? '', item['arguments'])]
    case 'function_call_output':
      return [calls.result(item['call_id'], undefined, readPlainParts(item['output'], calls))]
    case 'reasoning':
      return []
    default:
      throw new UnsayableError(
        type === 'item_reference'
          ? 'it names an item that only the provider has'
          : `it has an item ${type} of the provider`,
      )
  }
}
