import { layoutOf, writeJson } from './text.ts'
import { readJsonTexts } from './texts.ts'
import type { JsonBody, JsonLayout } from '../stored-body.ts'
import type { JsonValue } from '../../json-value.ts'

export type Framing = NonNullable<JsonBody['framing']>

export interface ArrayStream {
  readonly value: readonly JsonValue[]
  readonly layout: JsonLayout
  readonly framing: Framing
}

const ARRAY_OF_OBJECTS = /^\[\s*\{/

/** An array with more elements is not a stream of answers. The limit keeps the search for the layout short. */
const MAX_ELEMENTS = 10_000

/**
 * Reads a JSON array that a server wrote element by element, each with its own layout, as Gemini's `streamGenerateContent` does
 * without `alt=sse`. `undefined`: the text is not of that kind.
 */
export function readArrayStream(text: string): ArrayStream | undefined {
  // Only valid JSON is scanned: every string in it ends, so the scan is linear.
  if (!ARRAY_OF_OBJECTS.test(text) || !isJson(text)) return undefined
  const spans = elementSpans(text)
  const first = spans?.[0]
  const last = spans?.at(-1)
  if (spans === undefined || first === undefined || last === undefined) return undefined
  const second = spans[1]
  const framing: Framing = [
    text.slice(0, first.start),
    second === undefined ? ',' : text.slice(first.end, second.start),
    text.slice(last.end),
  ]
  const { entries, layout = {} } = readJsonTexts(spans.map(({ start, end }) => text.slice(start, end)))
  const value: JsonValue[] = []
  for (const entry of entries) {
    if (entry === undefined) return undefined
    value.push(entry.json)
  }
  const [single] = entries
  const common = entries.length === 1 && single !== undefined ? layoutOf(single) : layout
  if (writeArrayStream(value, common, framing) !== text) return undefined
  return { value, layout: common, framing }
}

export function writeArrayStream(
  elements: readonly JsonValue[],
  layout: JsonLayout,
  framing: Framing,
): string {
  const [open, between, close] = framing
  return open + elements.map((element) => writeJson(element, layout)).join(between) + close
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** Where each element of a top-level array begins and ends; `undefined`: there are too many. */
function elementSpans(text: string): { start: number; end: number }[] | undefined {
  const spans: { start: number; end: number }[] = []
  const token = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]]/g
  token.lastIndex = 1
  let depth = 0
  let start = 0
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    const character = match[0]
    if (character === '{' || character === '[') {
      if (depth === 0) start = match.index
      depth += 1
    } else if (character === '}' || character === ']') {
      depth -= 1
      if (depth < 0) break
      if (depth === 0) spans.push({ start, end: token.lastIndex })
      if (spans.length > MAX_ELEMENTS) return undefined
    }
  }
  return spans
}
