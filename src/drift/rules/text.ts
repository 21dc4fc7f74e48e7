import { isList, isObject, type JsonValue, parseJson } from '../../providers/json/json.ts'
import type { Changes, Pair } from './changes.ts'
import { Changes as Collected } from './changes.ts'
import { compareShape } from './shape.ts'

type Text =
  | { readonly kind: 'empty' | 'prose' }
  | { readonly kind: 'json' | 'fenced'; readonly value: JsonValue }

/** One fence around the whole text, with or without a language. */
const FENCE = /^```[^\n`]*\r?\n([^]*?)\r?\n?```$/

/** The text of the answer: by its words it is only told, by its class and the shape of its JSON it is judged. */
export function compareText(pair: Pair, changes: Changes): void {
  const { a, b, recovered, options } = pair
  if (a.text === b.text) return
  const path = `${pair.path}.text`
  if (recovered || (a.tool_calls.length > 0 && b.tool_calls.length > 0)) {
    const found = new Collected()
    compareClasses(pair, path, found)
    if (found.list.length > 0) changes.benign('text', path, a.text, b.text)
    return
  }
  compareClasses({ a, b, options }, path, changes)
}

function compareClasses(
  { a, b, options }: Pick<Pair, 'a' | 'b' | 'options'>,
  path: string,
  changes: Changes,
): void {
  const [before, after] = [classOf(a.text), classOf(b.text)]
  if ('value' in before && 'value' in after) {
    if (before.kind === 'json' && after.kind === 'fenced') changes.regression('text', path, a.text, b.text)
    if (before.kind === 'fenced' && after.kind === 'json') changes.benign('text', path, a.text, b.text)
    compareShape(
      before.value,
      after.value,
      { rule: 'json_shape', path, strict: options.strictValues === true },
      changes,
    )
    return
  }
  const isBenign = before.kind === after.kind || before.kind === 'empty'
  changes[isBenign ? 'benign' : 'regression']('text', path, a.text, b.text)
}

function classOf(text: string): Text {
  const trimmed = text.trim()
  if (trimmed === '') return { kind: 'empty' }
  const value = structured(trimmed)
  if (value !== undefined) return { kind: 'json', value }
  const fenced = structured(FENCE.exec(trimmed)?.[1]?.trim() ?? '')
  return fenced === undefined ? { kind: 'prose' } : { kind: 'fenced', value: fenced }
}

/** An object or a list. A bare number or string is prose. */
function structured(text: string): JsonValue | undefined {
  if (!/^[{[]/.test(text)) return undefined
  const value = parseJson(text)?.value
  return isObject(value) || isList(value) ? value : undefined
}
