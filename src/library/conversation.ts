import type { Content, Message, Part } from '../providers/types.ts'
import type { Digest, DigestChoice } from '../drift/types.ts'
import type { Said } from './facts.ts'

/** A call of a tool. Arguments that are not JSON are their text. */
export interface ShownCall {
  readonly name: string
  readonly arguments: unknown
}

/** One message of a conversation, as a person reads it. */
export interface Turn {
  /** `system`, `user`, `assistant`, `tool` ..., or `error`. For a request that is no conversation: `request` and `response`. */
  readonly role: string
  readonly text: string
  readonly reasoning?: string
  readonly calls: readonly ShownCall[]
  /** Why the answer ended, if that is worth a word. */
  readonly note?: string
}

/** The conversation of an interaction: what the request says, and then what the answer says. */
export const conversationOf = (said: Said): Turn[] => [...asked(said), ...answered(said)]

/** Fields that tell where a request goes and how it is sent, and not what it says. */
const ENVELOPE = new Set(['method', 'host', 'path', 'op', 'api', 'stream', 'background', 'alt', 'headers'])
const LISTS = ['messages', 'input', 'contents']

function asked({ canonical }: Said): Turn[] {
  const messages = LISTS.map((name) => canonical[name]).find(
    (list) => Array.isArray(list) && list.every(isMessage),
  )
  if (messages !== undefined) return messages.map(turnOf)
  const fields = Object.entries(canonical).filter(([name]) => !ENVELOPE.has(name))
  if (fields.length === 0) return []
  const [only] = fields
  const value = fields.length === 1 && typeof only?.[1] === 'string' ? only[1] : Object.fromEntries(fields)
  return [{ role: 'request', text: textOf(value), calls: [] }]
}

const isMessage = (value: unknown): value is Message =>
  typeof value === 'object' && value !== null && typeof (value as Message).role === 'string'

function turnOf({ role, content, tool_calls: calls }: Message): Turn {
  const [text, reasoning] = [contentText(content, false), contentText(content, true)]
  return {
    role,
    text,
    ...(reasoning === '' ? {} : { reasoning }),
    calls: (calls ?? []).map((call) => ({
      name: call.name,
      arguments: parsed(call['arguments'] ?? call['input']),
    })),
  }
}

function contentText(content: Content | undefined, isReasoning: boolean): string {
  if (content === undefined || typeof content === 'string') return isReasoning ? '' : (content ?? '')
  return content
    .filter(({ type }) => /reasoning|thinking/.test(type) === isReasoning)
    .map(partText)
    .join('\n')
}

function partText({ type, text, ...rest }: Part): string {
  return typeof text === 'string' ? text : `[${type}] ${textOf(rest)}`
}

function answered({ digest, interaction }: Said): Turn[] {
  if (digest === undefined) return []
  if (!digest.ok) return [{ role: 'error', text: errorText(digest), calls: [] }]
  if (digest.choices.length > 0)
    return digest.choices.map((choice) => choiceTurn(choice, interaction.incomplete === true))
  const { vectors, body } = digest
  if (vectors !== undefined) {
    const sizes = vectors.map(({ length }) => `${length} numbers`).join(', ')
    return [{ role: 'response', text: `${vectors.length} embeddings: ${sizes}`, calls: [] }]
  }
  return [{ role: 'response', text: textOf(body), calls: [] }]
}

const errorText = ({ status, error }: Digest): string =>
  [status === 0 ? '' : String(status), error?.type ?? '', error?.message ?? '']
    .filter((one) => one !== '')
    .join(' ')

function choiceTurn(choice: DigestChoice, isIncomplete: boolean): Turn {
  const { text, refusal, reasoning, tool_calls: calls, media, finish, truncated } = choice
  const shown = [text, ...media.map(({ type, sha256 }) => `[${type}] sha256 ${sha256.slice(0, 12)}`)]
  const notes = [
    refusal === null ? '' : 'refused',
    finish === null || finish === 'stop' || finish === 'tool_calls' ? '' : finish,
    truncated || isIncomplete ? 'cut off' : '',
  ].filter((note) => note !== '')
  return {
    role: 'assistant',
    text: [refusal ?? '', ...shown].filter((one) => one !== '').join('\n'),
    ...(reasoning === '' ? {} : { reasoning }),
    calls,
    ...(notes.length === 0 ? {} : { note: notes.join(', ') }),
  }
}

function parsed(value: unknown): unknown {
  if (typeof value !== 'string') return value
  try {
    const found: unknown = JSON.parse(value)
    return typeof found === 'object' && found !== null ? found : value
  } catch {
    return value
  }
}

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value, null, 2)
