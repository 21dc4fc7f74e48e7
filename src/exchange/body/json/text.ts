import { defined } from '../../../base/defined.ts'
import type { JsonLayout, JsonPayload } from '../stored-body.ts'
import type { JsonValue } from '../../json-value.ts'

/** More nodes (values and keys' values) than this make YAML slow to parse (about 12 µs each): the body is stored as text. */
export const MAX_STRUCTURED_NODES = 50_000

/** A longer JSON text, in bytes, is not parsed but stored as text. */
export const MAX_STRUCTURED_BYTES = 16 * 1024 * 1024

/** Deeper JSON is stored as text: block YAML indents each level, and its parser is recursive. */
export const MAX_STRUCTURED_DEPTH = 64

/** Characters that some serializers escape without need. JSON with another needless escape is stored as text. */
const ESCAPED_BY_SOME = "/<>&'=+`\u007F\u2028\u2029"

export interface ReadJson {
  readonly value: JsonValue
  readonly layout: JsonLayout
  readonly nodes: number
}

/**
 * Parses a JSON text and finds the layout with which {@link writeJson} gives the same text back. `undefined`: it is not JSON,
 * or a value and a layout cannot express it (`1.0`, duplicate keys, `-0`, unusual escapes, lone surrogates ...).
 */
export function readJson(text: string): ReadJson | undefined {
  let value: JsonValue
  try {
    value = JSON.parse(text) as JsonValue
  } catch {
    return undefined
  }
  const nodes = countNodes(value, 1)
  if (nodes === undefined || nodes > MAX_STRUCTURED_NODES) return undefined
  const layout = candidates(text).find((candidate) => writeJson(value, candidate) === text)
  return layout && { value, layout, nodes }
}

/** The JSON text of a value in this layout. */
export function writeJson(value: JsonValue, layout: JsonLayout): string {
  let text = JSON.stringify(value, null, layout.indent)
  if (layout.spaced === true || layout.spaced === 'colons') text = space(text, layout.spaced)
  if (layout.escape !== undefined && layout.escape !== '') text = escapeCharacters(text, layout.escape)
  if (layout.ascii === true) text = text.replace(/[\u0080-\uFFFF]/g, unicodeEscape)
  return layout.pad === undefined ? text : text.slice(0, -1) + ' '.repeat(layout.pad) + text.slice(-1)
}

type LooseLayout = { readonly [Key in keyof JsonLayout]: JsonLayout[Key] | undefined }

/** The layout keys among these. */
export function layoutOf({ indent, spaced, escape, ascii, pad }: LooseLayout): JsonLayout {
  return defined({ indent, spaced, escape, ascii, pad })
}

/** The text of a stored payload. Layout keys that it does not have come from `inherited`. */
export function payloadText(payload: JsonPayload, inherited: JsonLayout = {}): string {
  return writeJson(payload.json, { ...inherited, ...layoutOf(payload) })
}

/** Counts the nodes. `undefined`: too deep, or a string in it is not well-formed Unicode, so that UTF-8 cannot hold it. */
function countNodes(value: JsonValue, depth: number): number | undefined {
  if (typeof value === 'string') return value.isWellFormed() ? 1 : undefined
  if (value === null || typeof value !== 'object') return 1
  if (depth > MAX_STRUCTURED_DEPTH) return undefined
  if (!Array.isArray(value) && !Object.keys(value).every((key) => key.isWellFormed())) return undefined
  let nodes = 1
  for (const child of Object.values<JsonValue>(value)) {
    const more = countNodes(child, depth + 1)
    if (more === undefined) return undefined
    nodes += more
  }
  return nodes
}

function candidates(text: string): JsonLayout[] {
  const pad = text.length > 2 ? (/(?<![\n\r ])( +)[}\]]$/.exec(text.slice(-512))?.[1]?.length ?? 0) : 0
  const common: JsonLayout = { ...escapesIn(text), ...(pad > 0 ? { pad } : {}) }
  const indent = /^[{[]\n([ \t]{1,10})/.exec(text)?.[1]
  if (indent !== undefined) {
    return [{ indent: /^ +$/.test(indent) ? indent.length : indent, ...common }]
  }
  return [common, { spaced: true, ...common }, { spaced: 'colons', ...common }]
}

function escapesIn(text: string): Pick<JsonLayout, 'escape' | 'ascii'> {
  if (!text.includes('\\u') && !text.includes('\\/')) return {}
  const escaped = new Set<string>()
  let ascii = false
  for (const [, slash, hex] of text.matchAll(/\\(?:(\/)|u([0-9a-fA-F]{4})|.)/g)) {
    if (slash !== undefined) escaped.add(slash)
    if (hex === undefined) continue
    const code = Number.parseInt(hex, 16)
    const character = String.fromCharCode(code)
    if (ESCAPED_BY_SOME.includes(character)) escaped.add(character)
    else if (code > 0x7f) ascii = true
  }
  const escape = [...escaped].filter((character) => !ascii || character < '\u0080').toSorted()
  return { ...(escape.length > 0 ? { escape: escape.join('') } : {}), ...(ascii ? { ascii } : {}) }
}

/** Matches strings as a whole, so that only colons and commas between values get a space. */
function space(text: string, where: true | 'colons'): string {
  return text.replace(/"[^"\\]*(?:\\.[^"\\]*)*"|[:,]/g, (token) => {
    if (token === ':') return ': '
    return token === ',' && where === true ? ', ' : token
  })
}

function escapeCharacters(text: string, characters: string): string {
  // A quote or backslash in the list would break the text; a layout found in a text never holds one.
  const listed = characters.replaceAll(/["\\]/g, '').replaceAll(/[^]/g, unicodeEscape)
  return listed === ''
    ? text
    : text.replaceAll(new RegExp(`[${listed}]`, 'g'), (character) =>
        character === '/' ? '\\/' : unicodeEscape(character),
      )
}

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
