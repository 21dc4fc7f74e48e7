import { bufferOf } from '../../base/bytes.ts'

/** A value in a JSON text: its place, in bytes, and the value in one spelling. */
export interface JsonToken {
  readonly start: number
  readonly end: number
  /** As JSON. `1` and `"1"` are different ids. */
  readonly value: string
  /** Its characters, one for each byte. */
  readonly text: string
}

/** The parts of a JSON-RPC 2.0 message that name other messages. */
export interface JsonRpcMessage {
  /** A request wants an answer, which has its id. */
  readonly kind: 'request' | 'notification' | 'answer'
  /** Absent: a notification. */
  readonly id?: JsonToken
  /** Of a request: `_meta.progressToken`. Of a notification: `progressToken`. */
  readonly progressToken?: JsonToken
}

interface Member {
  readonly name: string
  readonly start: number
  readonly end: number
}

const VERSION = '"2.0"'

/** The messages of a text, single or in a batch. `undefined`: it is not JSON-RPC 2.0. */
export function jsonRpcMessages(bytes: Uint8Array | null | undefined): JsonRpcMessage[] | undefined {
  if (!bytes) return undefined
  const buffer = bufferOf(bytes)
  if (!buffer.includes('"jsonrpc"')) return undefined
  // The syntax of JSON is ASCII. In latin1 each character is one byte.
  const text = buffer.toString('latin1')
  const start = skipSpace(text, 0)
  const texts = text[start] === '[' ? elements(text, start) : [start]
  const messages = texts?.map((at) => messageAt(text, at))
  return messages?.every((message) => message !== undefined) ? messages : undefined
}

function messageAt(text: string, start: number): JsonRpcMessage | undefined {
  const found = members(text, start)
  if (found === undefined || textAt(text, found.get('jsonrpc')) !== VERSION) return undefined
  const id = tokenAt(text, found.get('id'))
  if (!found.has('method')) {
    const isAnswer = id !== undefined && (found.has('result') || found.has('error'))
    return isAnswer ? { kind: 'answer', id } : undefined
  }
  const params = found.get('params')
  const given = params && members(text, params.start)
  const meta = given?.get('_meta')
  const owner = id === undefined ? given : meta && members(text, meta.start)
  const progressToken = tokenAt(text, owner?.get('progressToken'))
  return {
    kind: id === undefined ? 'notification' : 'request',
    ...(id && { id }),
    ...(progressToken && { progressToken }),
  }
}

const textAt = (text: string, member: Member | undefined): string | undefined =>
  member && text.slice(member.start, member.end)

/** A string or a number. */
function tokenAt(body: string, member: Member | undefined): JsonToken | undefined {
  if (member === undefined || !/["\d-]/.test(body[member.start] ?? '')) return undefined
  const { start, end } = member
  const text = body.slice(start, end)
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'latin1').toString())
    return { start, end, value: JSON.stringify(value), text }
  } catch {
    return undefined
  }
}

/** The members of the object at `start`. Of equal names the last one counts. `undefined`: there is no object. */
function members(text: string, start: number): Map<string, Member> | undefined {
  if (text[start] !== '{') return undefined
  const found = new Map<string, Member>()
  for (let at = skipSpace(text, start + 1); text[at] === '"';) {
    const nameEnd = valueEnd(text, at)
    const colon = skipSpace(text, nameEnd)
    if (text[colon] !== ':') return undefined
    const from = skipSpace(text, colon + 1)
    const end = valueEnd(text, from)
    const name = text.slice(at + 1, nameEnd - 1)
    found.set(name, { name, start: from, end })
    at = skipSpace(text, end)
    if (text[at] === '}') return found
    if (text[at] !== ',') return undefined
    at = skipSpace(text, at + 1)
  }
  return undefined
}

/** Where the elements of the array at `start` begin. `undefined`: it has none, or it does not end. */
function elements(text: string, start: number): number[] | undefined {
  const starts: number[] = []
  for (let at = skipSpace(text, start + 1); at < text.length;) {
    starts.push(at)
    at = skipSpace(text, valueEnd(text, at))
    if (text[at] === ']') return starts
    if (text[at] !== ',') return undefined
    at = skipSpace(text, at + 1)
  }
  return undefined
}

const SPACE = /[ \t\r\n]*/y
const PLAIN = /[^\s,:{}[\]"]+/y
const STRING = /"(?:[^"\\]|\\.)*"/sy
const OUTSIDE_STRING = /[^"{}[\]]*/y

function skipSpace(text: string, at: number): number {
  SPACE.lastIndex = at
  SPACE.test(text)
  return SPACE.lastIndex
}

/** Where the value at `at` ends. If it does not end: the end of the text. */
function valueEnd(text: string, at: number): number {
  const first = text[at]
  if (first === '"') return matchEnd(STRING, text, at)
  if (first !== '{' && first !== '[') return matchEnd(PLAIN, text, at)
  let depth = 0
  for (let next = at; next < text.length;) {
    const character = text[next]
    if (character === '"') next = matchEnd(STRING, text, next)
    else if (character === '{' || character === '[') {
      depth++
      next++
    } else if (character === '}' || character === ']') {
      depth--
      next++
      if (depth === 0) return next
    } else next = matchEnd(OUTSIDE_STRING, text, next)
  }
  return text.length
}

function matchEnd(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : text.length
}
