import { doubleQuoted, isLiteral, keyText, literalText, scalarText } from './scalar-text.ts'

/** `readable`: plain scalars, literal blocks, short collections on one line. `sturdy`: each string is a JSON string. */
export type EmitStyle = 'readable' | 'sturdy'

/** A collection that fits into this many columns is on one line. */
const LINE_COLUMNS = 110
/** The same for an event of a stream. */
const EVENT_COLUMNS = 400
/** YAML refuses an implicit key of more than 1,024 characters. */
const MAX_KEY_CHARACTERS = 1000

/** The column of the keys of an interaction, and of a body. */
const ITEM_COLUMN = 4
const BODY_COLUMN = 8

type Scalar = string | number | boolean | null

/**
 * The YAML of one interaction as an item of a list at column 2: LF, no folding, no tags, no aliases. The same value gives the
 * same text. The values must be JSON values. Keys keep their order.
 */
export function emitItem(value: Readonly<Record<string, unknown>>, style: EmitStyle): string {
  const emitter = new Emitter(style)
  emitter.list(ITEM_COLUMN - 2, [value], LINE_COLUMNS, false)
  return emitter.text()
}

/** The YAML of top-level keys and their values. */
export function emitTopLevel(values: Readonly<Record<string, unknown>>): string {
  const emitter = new Emitter('readable')
  emitter.map(0, values, false)
  return emitter.text()
}

class Emitter {
  readonly #style: EmitStyle
  readonly #out: string[] = []

  constructor(style: EmitStyle) {
    this.#style = style
  }

  text(): string {
    return this.#out.join('')
  }

  /** @param started the text is already at `column`, after the dash of an outer list */
  list(column: number, items: readonly unknown[], limit: number, started: boolean): void {
    const indent = ' '.repeat(column)
    for (const [index, item] of items.entries()) {
      this.#out.push(started && index === 0 ? '- ' : `${indent}- `)
      const line = column === ITEM_COLUMN - 2 ? undefined : this.#inline(item, limit - column - 2, column + 2)
      if (line === undefined) this.#block(column + 2, item, LINE_COLUMNS, true)
      else this.#out.push(line)
    }
  }

  map(column: number, values: Readonly<Record<string, unknown>>, started: boolean): void {
    const indent = ' '.repeat(column)
    let first = started
    for (const [key, value] of Object.entries(values)) {
      if (value === undefined) continue
      if (!first) this.#out.push(indent)
      first = false
      this.#entry(column, key, value)
    }
  }

  #entry(column: number, key: string, value: unknown): void {
    const name = this.#key(key)
    const explicit = name.length > MAX_KEY_CHARACTERS
    this.#out.push(explicit ? `? ${name}\n${' '.repeat(column)}:` : `${name}:`)
    const start = explicit ? column + 2 : column + name.length + 2
    const line = isTall(column, key, value)
      ? undefined
      : this.#inline(value, limitOf(column, key) - start, column + 2)
    if (line !== undefined) {
      this.#out.push(' ', line)
      return
    }
    this.#out.push('\n')
    this.#block(column + 2, value, isEventList(column, key) ? EVENT_COLUMNS : LINE_COLUMNS, false)
  }

  #block(column: number, value: unknown, limit: number, started: boolean): void {
    if (Array.isArray(value)) this.list(column, value, limit, started)
    else this.map(column, value as Record<string, unknown>, started)
  }

  /** The value and a line end, or a literal block with its lines at `column`. `undefined`: neither is possible. */
  #inline(value: unknown, room: number, column: number): string | undefined {
    if (this.#isLiteral(value)) return literalText(value, ' '.repeat(column))
    const text = this.#flow(value, room, false)
    return text === undefined ? undefined : `${text}\n`
  }

  /** The value on one line. `undefined`: it is a collection that does not fit into `room` columns. */
  #flow(value: unknown, room: number, inFlow: boolean): string | undefined {
    if (value === null || typeof value !== 'object') return this.#scalar(value as Scalar, inFlow)
    if (Array.isArray(value)) return this.#flowList(value, room)
    return this.#flowMap(value as Record<string, unknown>, room)
  }

  #flowList(list: readonly unknown[], room: number): string | undefined {
    let text = '['
    for (const item of list) {
      if (text.length > 1) text += ', '
      const part = this.#flowPart(item, room - text.length - 1)
      if (part === undefined) return undefined
      text += part
    }
    return `${text}]`
  }

  #flowMap(map: Readonly<Record<string, unknown>>, room: number): string | undefined {
    let text = '{'
    for (const [key, child] of Object.entries(map)) {
      if (child === undefined) continue
      const name = this.#key(key)
      if (name.length > MAX_KEY_CHARACTERS) return undefined
      text += text.length > 1 ? `, ${name}: ` : `${name}: `
      const part = this.#flowPart(child, room - text.length - 1)
      if (part === undefined) return undefined
      text += part
    }
    return `${text}}`
  }

  #flowPart(value: unknown, room: number): string | undefined {
    if (typeof value === 'string' && (value.length > room || this.#isLiteral(value))) return undefined
    const text = room > 0 ? this.#flow(value, room, true) : undefined
    return text === undefined || text.length > room ? undefined : text
  }

  #isLiteral(value: unknown): value is string {
    return typeof value === 'string' && this.#style === 'readable' && isLiteral(value)
  }

  #scalar(value: Scalar, inFlow: boolean): string {
    return typeof value === 'string' && this.#style === 'sturdy'
      ? doubleQuoted(value)
      : scalarText(value, inFlow)
  }

  #key(key: string): string {
    return this.#style === 'sturdy' ? doubleQuoted(key) : keyText(key)
  }
}

/** Whether a value is never on one line: `request` and `response`, where people look for method and status, and lists of events. */
function isTall(column: number, key: string, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (column === ITEM_COLUMN && (key === 'request' || key === 'response'))
    return Object.keys(value).length > 0
  if (isEventList(column, key)) return Array.isArray(value) && value.length > 0
  if (column !== BODY_COLUMN - 2 || key !== 'body') return false
  return Object.entries(value).some(
    ([form, list]) => isEventList(BODY_COLUMN, form) && Array.isArray(list) && list.length > 0,
  )
}

/** The `match` of an interaction is always one line, because opening a cassette reads only that line. */
function limitOf(column: number, key: string): number {
  return column === ITEM_COLUMN && key === 'match' ? Number.POSITIVE_INFINITY : LINE_COLUMNS
}

const EVENT_LISTS = new Set(['sse', 'ndjson', 'eventstream', 'grpc', 'websocket'])

function isEventList(column: number, key: string): boolean {
  return column === BODY_COLUMN && EVENT_LISTS.has(key)
}
