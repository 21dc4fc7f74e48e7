import { defined } from '../../base/defined.ts'
import { parseSse } from '../../exchange/wire/sse.ts'
import { isList, parseJson } from '../../providers/json/json.ts'
import type { Received, StreamEvent } from './received.ts'

type Stream = Pick<Extract<Received, { form: 'stream' }>, 'form' | 'events' | 'done' | 'cut'>

/**
 * Server-sent events whose data is JSON. Comments are left out. The last event counts also if no blank line follows
 * it: clients differ there, and most read it.
 */
export function readSse(text: string): Stream {
  const events: StreamEvent[] = []
  let done = false
  let cut = false
  for (const { data, event, terminator } of parseSse(text)) {
    if (data === undefined || data.trim() === '') continue
    if (data.trim() === '[DONE]') {
      done = true
      continue
    }
    const parsed = parseJson(data)
    if (parsed === undefined && terminator === '') cut = true
    else
      events.push({
        data: parsed === undefined ? data : parsed.value,
        ...defined({ name: event || undefined }),
      })
  }
  return { form: 'stream', events, done, cut }
}

/** One JSON value a line. `undefined`: the text is something else. */
export function readLines(text: string, declared: boolean): Stream | undefined {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const events: StreamEvent[] = []
  let cut = false
  for (const [at, line] of lines.entries()) {
    const parsed = /^\s*[{[]/.test(line) || declared ? parseJson(line) : undefined
    if (parsed !== undefined) events.push({ data: parsed.value })
    else if (at === lines.length - 1 && at > 0) cut = true
    else return undefined
  }
  return events.length === 0 ? undefined : { form: 'stream', events, done: false, cut }
}

/** How many closing brackets are tried before the end of an array that was cut. */
const MAX_TRIES = 50

/** The whole elements of a JSON array of objects that was cut short, as Gemini streams one. */
export function cutArray(text: string): Stream | undefined {
  if (!/^\s*\[\s*\{/.test(text)) return undefined
  let end = text.length
  for (let tries = 0; tries < MAX_TRIES && end > 0; tries++) {
    end = text.lastIndexOf('}', end - 1)
    if (end < 0) break
    const parsed = parseJson(`${text.slice(0, end + 1)}]`)
    if (parsed !== undefined && isList(parsed.value))
      return { form: 'stream', events: parsed.value.map((data) => ({ data })), done: false, cut: true }
  }
  return { form: 'stream', events: [], done: false, cut: true }
}
