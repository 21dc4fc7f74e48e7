import { payloadText } from '../json/text.ts'
import type { JsonPayload, SseBody, SseEntry } from '../stored-body.ts'

/** What all events of a body have in common. */
export type SseStyle = Pick<SseBody, 'eol' | 'tight' | 'layout'>

/** The keys of an entry that become lines. */
export const SSE_FIELDS = ['comment', 'event', 'id', 'retry', 'data'] as const

type FieldName = (typeof SSE_FIELDS)[number]

export function eolOf({ eol }: SseStyle): '\n' | '\r\n' | '\r' {
  if (eol === 'crlf') return '\r\n'
  return eol === 'cr' ? '\r' : '\n'
}

/** The bytes of one entry, with the blank line after its event. */
export function renderSseEntry(entry: SseEntry, style: SseStyle): Buffer {
  if ('raw' in entry) return Buffer.from(entry.raw)
  if ('base64' in entry) {
    const pieces = typeof entry.base64 === 'string' ? [entry.base64] : entry.base64
    return Buffer.concat(pieces.map((piece) => Buffer.from(piece, 'base64')))
  }
  const eol = eolOf(style)
  let text = ''
  for (const [key, value] of Object.entries(entry)) {
    if (!isField(key)) continue
    const data = typeof value === 'object' ? payloadText(value as JsonPayload, style.layout) : String(value)
    const name = key === 'comment' ? '' : key
    for (const line of data.split('\n')) text += `${name}:${separator(name, line, style)}${line}${eol}`
  }
  return Buffer.from(text + eol)
}

function isField(key: string): key is FieldName {
  return (SSE_FIELDS as readonly string[]).includes(key)
}

/** A comment without text is a colon alone, which servers send to keep a connection alive. */
function separator(name: string, line: string, { tight }: SseStyle): string {
  return tight === true || (name === '' && line === '') ? '' : ' '
}
